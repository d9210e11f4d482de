import { type Topology, topology as wholeTopology } from '@tandem/contracts/topology';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Step } from './protocol.ts';
import { createTraceStore, type TraceStore } from './trace-store.ts';
import type { TelemetryMessage } from './telemetry-message.ts';

/** The buffer has up to twice as many. */
const MAX_STEPS = 4_000;

/** Step with its sequence number. */
export interface NumberedStep {
  readonly number: number;
  readonly step: Step;
}

/** Buffer of the latest telemetry of all processes, bounded in memory. */
export interface EventBuffer {
  readonly append: (message: TelemetryMessage) => void;
  readonly metrics: Metrics;
  readonly traces: TraceStore;
  /** Latest steps between two sequence numbers, both excluded; at most `count`, oldest first. */
  last(count: number, after?: number, before?: number): readonly NumberedStep[];
  /** Number of the latest step; 0 without any. */
  lastNumber(): number;
  /** Subscribes to steps; returns the function that unsubscribes. */
  onStep(listener: (step: NumberedStep) => void): () => void;
}

/** Creates an empty buffer, with the metrics of a system of this topology. */
export function createEventBuffer(topology: Topology = wholeTopology): EventBuffer {
  const metrics = createMetrics(topology);
  const traces = createTraceStore(topology);
  const steps: NumberedStep[] = [];
  const listeners = new Set<(step: NumberedStep) => void>();
  let number = 0;

  return {
    metrics,
    traces,
    append(message) {
      metrics.record(message);
      if (message.kind !== 'step') return;
      const { step, body } = message;
      const numbered = { number: (number += 1), step };
      steps.push(numbered);
      if (steps.length >= 2 * MAX_STEPS) steps.splice(0, MAX_STEPS);
      traces.add(step, body);
      for (const listener of listeners) listener(numbered);
    },
    last: (count, after = 0, before = Infinity) =>
      steps.filter((step) => step.number > after && step.number < before).slice(-count),
    lastNumber: () => number,
    onStep(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
