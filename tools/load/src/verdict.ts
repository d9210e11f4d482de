import type { Sent } from './engine/engine.ts';
import type { Targets } from './profiles.ts';
import type { Tally } from './tally.ts';

/** Measurements that a verdict is based on, in milliseconds, percent and megabytes. */
export interface Measurements {
  readonly tally: Tally;
  readonly sent: Sent;
  readonly propagation: { readonly p99: number; readonly lost: number; readonly count: number };
  /** By service; absent if a service has no process of its own, or it cannot be observed. */
  readonly processes: Readonly<
    Record<string, { readonly quarterPercent: number; readonly residentMb: number }>
  >;
  /** Number of dead letters; undefined if it cannot be observed. */
  readonly deadLetters?: number;
  /** Processes that exited unexpectedly. */
  readonly ended: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly value: string;
  readonly target: string;
  readonly passed: boolean;
}

export interface Verdict {
  /** Reasons why the run is invalid: its results say nothing about the system. An invalid run does not pass. */
  readonly void: readonly string[];
  readonly checks: readonly Check[];
  /** Targets that could not be checked, with the reason. */
  readonly unjudged: readonly string[];
  readonly passed: boolean;
}

/** Share of due requests that may be dropped. */
const MAX_DROPPED_SHARE = 0.001;

/** Checks a run against targets. A single error fails it. */
export function judge(targets: Targets, measurements: Measurements): Verdict {
  const { tally, sent, propagation, processes, deadLetters = 0, ended } = measurements;
  const reasons = [
    tally.requests === 0 ? ['no request was measured'] : [],
    sent.lateP99Ms > (targets.lateP99Ms ?? Infinity)
      ? [`the sender was late: p99 ${ms(sent.lateP99Ms)}, at most ${targets.lateP99Ms} ms are allowed`]
      : [],
    sent.dropped > sent.planned * MAX_DROPPED_SHARE
      ? [`the sender dropped ${sent.dropped} of ${sent.planned} requests`]
      : [],
  ].flat();

  const errors = Object.values(tally.errors).reduce((sum, count) => sum + count, 0);
  const checks: Check[] = [
    { name: 'errors', value: String(errors), target: 'none', passed: errors === 0 },
    {
      name: 'writes never visible',
      value: String(propagation.lost),
      target: 'none',
      passed: propagation.lost === 0,
    },
    { name: 'dead letters', value: String(deadLetters), target: 'none', passed: deadLetters === 0 },
    {
      name: 'processes exited',
      value: ended.join(', ') || '0',
      target: 'none',
      passed: ended.length === 0,
    },
  ];
  const below = (name: string, value: number, limit: number, unit: string) =>
    checks.push({
      name,
      value: `${value.toFixed(1)} ${unit.split(' ')[0]}`,
      target: `< ${limit} ${unit}`,
      passed: value < limit,
    });
  const unjudged: string[] = [];

  for (const [service, { count, p99 }] of Object.entries(tally.services)) {
    if (targets.p99Ms !== undefined && count > 0) below(`p99 of ${service}`, p99, targets.p99Ms, 'ms');
  }
  if (targets.propagationP99Ms !== undefined) {
    if (propagation.count === 0) unjudged.push('propagation: no write was observed');
    else below('propagation p99', propagation.p99, targets.propagationP99Ms, 'ms');
  }
  for (const service of ['product', 'cart'] as const) {
    const { quarterPercent, residentMb } = targets;
    const observed = processes[service];
    if (quarterPercent === undefined && residentMb === undefined) continue;
    if (!observed) {
      unjudged.push(`CPU and memory of ${service}: its process cannot be observed`);
      continue;
    }
    if (quarterPercent !== undefined)
      below(`CPU of ${service}`, observed.quarterPercent, quarterPercent, '% of 0.25 core');
    if (residentMb !== undefined) below(`memory of ${service}`, observed.residentMb, residentMb, 'MB');
  }
  const passed = reasons.length === 0 && checks.every((check) => check.passed);
  return { void: reasons, checks, unjudged, passed };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
