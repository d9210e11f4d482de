import type { Topology } from '@tandem/contracts/topology';
import type { Step, TraceDetail, TraceNode } from '../../../server/protocol.ts';
import { capitalized, duration } from '../../parts/format.ts';

/** Row of a trace's tree: a node with its depth, its texts and its times in milliseconds since the start of the trace. */
export interface TraceRow {
  readonly node: TraceNode;
  /** 0 for a root. */
  readonly depth: number;
  readonly title: string;
  readonly detail: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Steps within the row. */
  readonly marks: readonly { readonly kind: Step['kind']; readonly atMs: number }[];
}

/** Rows of a trace in the order of its causation tree: each below its cause. */
export function rowsOf({ nodes, startedAt }: TraceDetail, topology: Topology): readonly TraceRow[] {
  const depths = new Map<string, number>();
  return nodes.map((node) => {
    const above = node.parentId === undefined ? undefined : depths.get(node.parentId);
    const depth = above === undefined ? 0 : above + 1;
    depths.set(node.id, depth);
    return {
      node,
      depth,
      ...textsOf(node, topology),
      startMs: node.startedAt - startedAt,
      endMs: node.endedAt - startedAt,
      marks: node.steps.map(({ kind, at }) => ({ kind, atMs: at - startedAt })),
    };
  });
}

function textsOf(node: TraceNode, topology: Topology) {
  const { kind, service, eventType = '', parentId, steps } = node;
  const name = capitalized(service);
  const last = steps.at(-1);
  if (last?.kind === 'request') {
    const { method, path, status, durationMs } = last;
    return {
      title: `${method} ${path}`,
      detail: `${name} responded ${status} after ${duration(durationMs)}`,
    };
  }
  if (kind === 'consumption') {
    // Below its event, the name of the consumer suffices.
    const title = parentId === undefined ? `${name}: ${eventType}` : name;
    return { title, detail: outcomeOf(steps, topology) };
  }
  return { title: eventType, detail: publicationOf(name, steps) };
}

function publicationOf(name: string, steps: readonly Step[]): string {
  const last = steps.at(-1);
  if (last?.kind === 'parked') return `committed by ${name}, and cannot be published: ${last.reason}`;
  const published = steps.filter((step) => step.kind === 'published');
  const [first] = published;
  const times = published.length > 1 ? `, ${published.length} times` : '';
  if (!first || first.committedAt === undefined) return `published by ${name}${times}`;
  return `committed by ${name}, published ${duration(Math.max(0, first.at - first.committedAt))} later${times}`;
}

function outcomeOf(steps: readonly Step[], { queues }: Topology): string {
  const last = steps.at(-1);
  if (!last || last.kind === 'request' || last.kind === 'published' || last.kind === 'parked') return '';
  const { maxReceiveCount } = queues[last.queue];
  const attempt = last.attempt > 1 ? `, attempt ${last.attempt} of ${maxReceiveCount}` : '';
  if (last.kind === 'received') return `has received it, and not applied it yet${attempt}`;
  if (last.kind === 'returned') {
    const isLast = last.attempt >= maxReceiveCount;
    return isLast
      ? `failed to apply it${attempt}: it is a dead letter now`
      : `failed to apply it, and will try again${attempt}`;
  }
  const received = steps.findLast((step) => step.kind === 'received' && step.at <= last.at);
  return received ? `applied it in ${duration(last.at - received.at)}${attempt}` : `applied it${attempt}`;
}

/** A trace as a file for others: its summary and its steps, without payloads. */
export function traceAsJson(trace: TraceDetail): string {
  return JSON.stringify(trace, null, 2);
}
