import type { TopicName, Topology } from '@tandem/contracts/topology';
import type { Step, TraceDetail, TraceQuery, TraceStatus, TraceSummary } from './protocol.ts';
import { endOf, startOf, statusOf, treeOf, worse } from './trace-tree.ts';

/** Published event, as it can be published again. */
export interface PublishedEvent {
  readonly topic: TopicName;
  readonly body: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** Steps of a trace, and the payloads of its events. */
export interface Trace {
  readonly id: string;
  readonly number: number;
  readonly steps: Step[];
  readonly events: Map<string, PublishedEvent>;
  omittedSteps: number;
  /** Estimated size in memory. */
  bytes: number;
  /** Worst outcome of any step so far. */
  worst: TraceStatus;
  hasEvents: boolean;
  /** Cached; reset by each step. */
  summary: TraceSummary | undefined;
}

/** A snapshot of the catalog is one trace with thousands of steps. */
const MAX_STEPS = 1_000;
const STEP_BYTES = 400;

export function createTrace(id: string, number: number): Trace {
  return {
    id,
    number,
    steps: [],
    events: new Map(),
    omittedSteps: 0,
    bytes: STEP_BYTES,
    worst: 'ok',
    hasEvents: false,
    summary: undefined,
  };
}

/** Adds a step to a trace, and the payload of its event; omits them above the maximum of steps. */
export function addStep(trace: Trace, step: Step, body: string | undefined, topology: Topology): void {
  trace.summary = undefined;
  trace.worst = worse(trace.worst, statusOf(step, topology));
  trace.hasEvents ||= step.kind !== 'request';
  if (trace.steps.length >= MAX_STEPS) {
    trace.omittedSteps += 1;
    return;
  }
  trace.steps.push(step);
  trace.bytes += STEP_BYTES + ('path' in step ? step.path : step.eventId).length;
  if (step.kind !== 'published' || body === undefined) return;
  trace.bytes += body.length - (trace.events.get(step.eventId)?.body.length ?? 0);
  const { topic, traceId, spanId } = step;
  trace.events.set(step.eventId, { topic, body, ...(traceId && { traceId }), ...(spanId && { spanId }) });
}

export function detailOf(trace: Trace, topology: Topology): TraceDetail {
  return {
    ...summaryOf(trace, topology),
    nodes: treeOf(trace.steps, topology),
    omittedSteps: trace.omittedSteps,
  };
}

/** Summary of a trace with at least one step. Its outcome is the current one: a redriven message may be applied after all. */
export function summaryOf(trace: Trace, topology: Topology): TraceSummary {
  return (trace.summary ??= summarize(trace, topology));
}

function summarize({ id, number, steps, omittedSteps }: Trace, topology: Topology): TraceSummary {
  const nodes = treeOf(steps, topology);
  const startedAt = Math.min(...steps.map(startOf));
  const texts = <K extends string>(key: K) =>
    distinct(steps.flatMap((step) => (step as Partial<Record<K, string>>)[key] ?? []));
  const failures = steps.map((step) => statusOf(step, topology));
  return {
    id,
    number,
    startedAt,
    durationMs: Math.round((Math.max(...steps.map(endOf)) - startedAt) * 10) / 10,
    name: nameOf(nodes[0]?.steps[0]),
    status: nodes.map(({ status }) => status).reduce(worse, 'ok'),
    services: distinct(nodes.map(({ service }) => service)),
    eventTypes: texts('eventType'),
    productIds: texts('productId'),
    cartIds: texts('cartId'),
    stepCount: steps.length + omittedSteps,
    errors: failures.filter((status) => status === 'failed' || status === 'deadLettered').length,
    deadLetters: nodes.filter(({ status }) => status === 'deadLettered').length,
  };
}

function nameOf(step: Step | undefined): string {
  if (step === undefined) return '';
  return step.kind === 'request' ? `${step.method} ${step.path}` : step.eventType;
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

/** Whether a trace matches all criteria of a query but its page. */
export function matches(summary: TraceSummary, query: TraceQuery): boolean {
  const { service, type, product, cart, status, minMs = 0, hasEvents } = query;
  return (
    (service === undefined || summary.services.includes(service)) &&
    (type === undefined || summary.eventTypes.includes(type)) &&
    (product === undefined || summary.productIds.includes(product)) &&
    (cart === undefined || summary.cartIds.includes(cart)) &&
    (status === undefined || summary.status === status) &&
    (hasEvents === undefined || summary.eventTypes.length > 0 === hasEvents) &&
    summary.durationMs >= minMs
  );
}
