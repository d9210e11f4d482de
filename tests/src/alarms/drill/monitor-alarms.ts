import { setInterval } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Alarm } from '../alarm.ts';
import type { AlarmState } from '../alarm-state.ts';
import { type CloudWatch, MINUTE_MS } from './cloudwatch.ts';

/** Evaluates alarms each minute. */
export interface AlarmMonitor extends AsyncDisposable {
  state(name: string): AlarmState;
  /** First minute in ALARM since the last `reset`; undefined if it was not raised. */
  raisedAt(name: string): number | undefined;
  /** Clears the recorded alarms. */
  reset(): void;
  /** Resolves once the predicate holds for each of these alarms. */
  untilAll(names: Iterable<string>, holds: (name: string) => boolean, deadlineMs: number): Promise<void>;
}

export function monitorAlarms(
  alarms: ReadonlyMap<string, Alarm>,
  { datapoints, minute }: CloudWatch,
): AlarmMonitor {
  const states = new Map<string, AlarmState>();
  const raised = new Map<string, number>();
  const stopping = new AbortController();
  const stateOf = (name: string) => states.get(name) ?? 'INSUFFICIENT_DATA';

  const evaluate = () => {
    const now = minute();
    for (const [name, alarm] of alarms) {
      const state = alarm.stateAt(now, datapoints, stateOf(name));
      states.set(name, state);
      if (state === 'ALARM' && !raised.has(name)) raised.set(name, now);
    }
  };
  const evaluating = (async () => {
    for await (const _ of setInterval(MINUTE_MS, undefined, { signal: stopping.signal })) evaluate();
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    state: stateOf,
    raisedAt: (name) => raised.get(name),
    reset: () => raised.clear(),
    async untilAll(names, holds, deadlineMs) {
      const all = [...names];
      const waiting = () => all.filter((name) => !holds(name)).map((name) => [name, stateOf(name)]);
      await until(waiting, (left) => left.length === 0, { deadlineMs, intervalMs: 50 });
    },
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await evaluating;
    },
  };
}
