import { type Topology, topology as wholeTopology } from '@tandem/contracts/topology';
import type { Step, TraceDetail, TracePage, TraceQuery, TraceSummary } from './protocol.ts';
import {
  addStep,
  createTrace,
  detailOf,
  matches,
  type PublishedEvent,
  summaryOf,
  type Trace,
} from './trace.ts';

/** Maximum of traces, and of their estimated bytes. */
export interface TraceLimit {
  readonly traces: number;
  readonly bytes: number;
}

const MB = 1024 * 1024;

/**
 * Limits of each class of traces, at most 20 MB in total: a flood of one class evicts no trace of another, so that a dead
 * letter's trace outlives any number of reads and of requests that fail.
 */
export const traceLimits = {
  deadLettered: { traces: 500, bytes: 4 * MB },
  failed: { traces: 500, bytes: 4 * MB },
  events: { traces: 3_000, bytes: 11 * MB },
  requests: { traces: 500, bytes: MB },
} satisfies Readonly<Record<string, TraceLimit>>;

type TraceClass = keyof typeof traceLimits;

/** Traces of the latest steps, bounded in memory. */
export interface TraceStore {
  /** Adds a step to its trace, and the payload of a published event. */
  add(step: Step, body?: string): void;
  /** A trace with its causation tree; undefined if it is unknown or no longer kept. */
  find(id: string): TraceDetail | undefined;
  /** Newest traces that match a query. */
  list(query: TraceQuery): TracePage;
  /** A published event; kept as long as its trace. */
  eventOf(eventId: string): PublishedEvent | undefined;
}

const DEFAULT_PAGE = 50;

/** Creates an empty store. A trace that was evicted starts again with its next step. */
export function createTraceStore(
  topology: Topology = wholeTopology,
  limits: Readonly<Record<TraceClass, TraceLimit>> = traceLimits,
): TraceStore {
  const classes = Object.keys(limits) as TraceClass[];
  /** The traces of each class, the latest last. */
  const kept = new Map(classes.map((name) => [name, { traces: new Map<string, Trace>(), bytes: 0 }]));
  const classOf = new Map<string, TraceClass>();
  const traceOfEvent = new Map<string, Trace>();
  let number = 0;

  const remove = (trace: Trace) => {
    const group = kept.get(classOf.get(trace.id) as TraceClass);
    if (!group?.traces.delete(trace.id)) return;
    group.bytes -= trace.bytes;
    classOf.delete(trace.id);
  };
  const evict = (trace: Trace) => {
    remove(trace);
    for (const eventId of trace.events.keys())
      if (traceOfEvent.get(eventId) === trace) traceOfEvent.delete(eventId);
  };
  const keep = (trace: Trace) => {
    const name = classOfTrace(trace);
    const group = kept.get(name);
    if (!group) return;
    group.traces.set(trace.id, trace);
    group.bytes += trace.bytes;
    classOf.set(trace.id, name);
    for (const oldest of group.traces.values()) {
      if (group.traces.size <= limits[name].traces && group.bytes <= limits[name].bytes) return;
      evict(oldest);
    }
  };
  const traceOf = (id: string) => kept.get(classOf.get(id) as TraceClass)?.traces.get(id);

  return {
    add(step, body) {
      const id = step.traceId ?? ('eventId' in step ? step.eventId : '');
      if (id === '') return;
      const trace = traceOf(id) ?? createTrace(id, (number += 1));
      remove(trace);
      addStep(trace, step, body, topology);
      if (step.kind === 'published' && trace.events.has(step.eventId)) traceOfEvent.set(step.eventId, trace);
      keep(trace);
    },
    find(id) {
      const trace = traceOf(id);
      return trace && detailOf(trace, topology);
    },
    list(query) {
      const { before = Infinity, limit = DEFAULT_PAGE } = query;
      const all = [...kept.values()].flatMap(({ traces }) => [...traces.values()]);
      const traces: TraceSummary[] = [];
      for (const trace of all.toSorted((a, b) => b.number - a.number)) {
        if (trace.number >= before || !mayMatch(trace, query)) continue;
        const summary = summaryOf(trace, topology);
        if (!matches(summary, query)) continue;
        const last = traces.at(-1);
        if (traces.length === limit && last) return { traces, next: last.number };
        traces.push(summary);
      }
      return { traces };
    },
    eventOf: (eventId) => traceOfEvent.get(eventId)?.events.get(eventId),
  };
}

/** Cheaper than a summary: whether a trace has had a failure, and has events, if the query asks for that. */
function mayMatch({ worst, hasEvents }: Trace, query: TraceQuery): boolean {
  const isFailure = query.status === 'failed' || query.status === 'deadLettered';
  if (isFailure && worst !== 'failed' && worst !== 'deadLettered') return false;
  return query.hasEvents === undefined || query.hasEvents === hasEvents;
}

function classOfTrace({ worst, hasEvents }: Trace): TraceClass {
  if (worst === 'deadLettered' || worst === 'failed') return worst;
  return hasEvents ? 'events' : 'requests';
}
