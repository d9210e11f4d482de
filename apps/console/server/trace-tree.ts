import type { Topology } from '@tandem/contracts/topology';
import type { Step, TraceNode, TraceStatus } from './protocol.ts';

type Draft = { -readonly [K in keyof TraceNode]: TraceNode[K] } & { steps: Step[] };
const order: readonly TraceStatus[] = ['ok', 'clientError', 'failed', 'deadLettered'];

/** The worse of two outcomes. */
export function worse(a: TraceStatus, b: TraceStatus): TraceStatus {
  return order.indexOf(a) < order.indexOf(b) ? b : a;
}

/** Outcome of a step; for a failed attempt of a consumer, whether it was the last one. */
export function statusOf(step: Step, { queues }: Topology): TraceStatus {
  if (step.kind === 'request')
    return step.status >= 500 ? 'failed' : step.status >= 400 ? 'clientError' : 'ok';
  if (step.kind === 'parked') return 'deadLettered';
  if (step.kind !== 'returned') return 'ok';
  return step.attempt >= queues[step.queue].maxReceiveCount ? 'deadLettered' : 'failed';
}

/** Whether a step is one of the event itself, and not of its delivery. */
function isOfEvent(step: Step): step is Extract<Step, { kind: 'published' | 'parked' }> {
  return step.kind === 'published' || step.kind === 'parked';
}

/** Time at which a step starts: for an event, the commit of its change. */
export function startOf(step: Step): number {
  return isOfEvent(step) ? Math.min(step.committedAt ?? step.at, step.at) : step.at;
}

export function endOf(step: Step): number {
  return step.kind === 'request' ? step.at + step.durationMs : step.at;
}

/**
 * Causation tree of the steps of a trace: an event is caused by the request or by the consumer's work in whose span it was
 * committed, and a consumer's work by the event. Parents precede their children.
 */
export function treeOf(steps: readonly Step[], topology: Topology): readonly TraceNode[] {
  const nodes = new Map<string, Draft>();
  const bySpan = new Map<string, string>();
  const inOrder = steps.toSorted((a, b) => a.at - b.at);
  for (const [position, step] of inOrder.entries()) {
    const id = nodeIdOf(step, position);
    const node = nodes.get(id) ?? draftOf(id, step, topology);
    nodes.set(id, node);
    node.steps.push(step);
    node.startedAt = Math.min(node.startedAt, startOf(step));
    node.endedAt = Math.max(node.endedAt, endOf(step));
    // The last attempt decides: a redriven message may be applied after all.
    node.status = step.kind === 'received' ? node.status : statusOf(step, topology);
    if (step.spanId && !isOfEvent(step)) bySpan.set(step.spanId, id);
  }
  for (const node of nodes.values()) {
    const parent = nodes.get(parentIdOf(node, bySpan) ?? '');
    if (parent) node.parentId = parent.id;
    // A service may publish to the topic of another one.
    if (node.kind === 'event' && parent?.service) node.service = parent.service;
  }
  return parentsFirst([...nodes.values()]);
}

function nodeIdOf(step: Step, position: number): string {
  if (step.kind === 'request') return `request ${step.spanId ?? position}`;
  if (isOfEvent(step)) return `event ${step.eventId}`;
  return `${step.queue} ${step.eventId}`;
}

function draftOf(id: string, step: Step, topology: Topology): Draft {
  const common = { id, startedAt: startOf(step), endedAt: endOf(step), status: 'ok', steps: [] } as const;
  if (step.kind === 'request') return { ...common, kind: 'request', service: step.service, steps: [] };
  const { eventId, eventType } = step;
  const event = { eventId, eventType, steps: [] };
  if (!isOfEvent(step)) {
    const { queue } = step;
    return { ...common, kind: 'consumption', queue, service: topology.queues[queue].consumer, ...event };
  }
  return { ...common, kind: 'event', service: topology.topics[step.topic].owner, ...event };
}

function parentIdOf({ kind, eventId, steps }: Draft, bySpan: ReadonlyMap<string, string>) {
  if (kind === 'consumption') return `event ${eventId}`;
  const [cause] = steps.flatMap((step) =>
    isOfEvent(step) && step.parentSpanId !== undefined ? (bySpan.get(step.parentSpanId) ?? []) : [],
  );
  return cause;
}

/** Orders nodes so that each follows its parent; siblings by their start. */
function parentsFirst(nodes: readonly Draft[]): readonly TraceNode[] {
  const children = Map.groupBy(
    nodes.toSorted((a, b) => a.startedAt - b.startedAt),
    ({ parentId }) => parentId,
  );
  const below = (parentId: string | undefined): Draft[] =>
    (children.get(parentId) ?? []).flatMap((node) => [node, ...below(node.id)]);
  const ordered = below(undefined);
  // Events that cause each other in a circle have no root.
  const reached = new Set(ordered);
  return [...ordered, ...nodes.filter((node) => !reached.has(node))];
}
