import { setInterval } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { Alarm } from '../alarm.ts';
import type { AlarmState } from '../alarm-state.ts';
import { type CloudWatch, MINUTE_MS } from './cloudwatch.ts';

/** Evaluates alarms each minute. */
export interface Watch extends AsyncDisposable {
  state(name: string): AlarmState;
  /** The minute in which it rang first since the last `forget`; undefined if it did not. */
  rangAt(name: string): number | undefined;
  /** Forgets what has rung. */
  forget(): void;
  /** Resolves once each of these is in a state. */
  untilAll(names: Iterable<string>, holds: (name: string) => boolean, deadlineMs: number): Promise<void>;
}

export function watch(alarms: ReadonlyMap<string, Alarm>, { datapoints, minute }: CloudWatch): Watch {
  const states = new Map<string, AlarmState>();
  const rang = new Map<string, number>();
  const stopping = new AbortController();
  const stateOf = (name: string) => states.get(name) ?? 'INSUFFICIENT_DATA';

  const evaluate = () => {
    const now = minute();
    for (const [name, alarm] of alarms) {
      const state = alarm.stateAt(now, datapoints, stateOf(name));
      states.set(name, state);
      if (state === 'ALARM' && !rang.has(name)) rang.set(name, now);
    }
  };
  const evaluating = (async () => {
    for await (const _ of setInterval(MINUTE_MS, undefined, { signal: stopping.signal })) evaluate();
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    state: stateOf,
    rangAt: (name) => rang.get(name),
    forget: () => rang.clear(),
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
