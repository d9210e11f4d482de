import { setInterval } from 'node:timers/promises';
import { until } from '../../support/until.ts';
import type { AlarmState } from '../alarm-state.ts';
import type { Definitions } from '../definitions.ts';
import { type CloudWatch, MINUTE_MS } from './cloudwatch.ts';

/** Evaluates alarms each minute. */
export interface AlarmMonitor extends AsyncDisposable {
  state(name: string): AlarmState;
  /** First minute in ALARM since the last `reset`; undefined if it was not raised. */
  raisedAt(name: string): number | undefined;
  /** Composite alarms that have notified since the last `reset`, in their order. */
  notifications(): readonly string[];
  /** Clears the recorded alarms and notifications. */
  reset(): void;
  /** Resolves once the predicate holds for each of these alarms. */
  untilAll(names: Iterable<string>, holds: (name: string) => boolean, deadlineMs: number): Promise<void>;
}

export function monitorAlarms(
  { alarms, composites }: Pick<Definitions, 'alarms' | 'composites'>,
  { datapoints, minute }: CloudWatch,
): AlarmMonitor {
  const states = new Map<string, AlarmState>();
  const raised = new Map<string, number>();
  const evaluations = new Map([...composites].map(([name, composite]) => [name, composite.start()]));
  const stopping = new AbortController();
  const stateOf = (name: string) => states.get(name) ?? 'INSUFFICIENT_DATA';
  let notified: string[] = [];
  let evaluated = -1;

  const evaluate = (now: number) => {
    const enter = (name: string, state: AlarmState) => {
      states.set(name, state);
      if (state === 'ALARM' && !raised.has(name)) raised.set(name, now);
    };
    for (const [name, alarm] of alarms) enter(name, alarm.stateAt(now, datapoints, stateOf(name)));
    for (const [name, composite] of evaluations) {
      if (composite.notifies((member) => stateOf(member) === 'ALARM')) notified.push(name);
      enter(name, composite.isInAlarm() ? 'ALARM' : 'OK');
    }
  };
  const evaluating = (async () => {
    for await (const _ of setInterval(MINUTE_MS, undefined, { signal: stopping.signal })) {
      const now = minute();
      // A minute may be late, or passed within a stall: composite alarms count each once.
      if (now > evaluated) evaluate((evaluated = now));
    }
  })().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    state: stateOf,
    raisedAt: (name) => raised.get(name),
    notifications: () => notified,
    reset() {
      raised.clear();
      notified = [];
    },
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
