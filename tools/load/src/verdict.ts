import { serviceNames } from '@tandem/contracts/topology';
import type { Targets } from './profiles.ts';
import type { Tally } from './tally.ts';

/** Measurements that a verdict is based on, in milliseconds, percent and megabytes. */
export interface Measurements {
  readonly tally: Tally;
  readonly propagation: { readonly p99: number; readonly lost: number; readonly count: number };
  /** By service; absent if a service has no process of its own, or it cannot be observed. */
  readonly processes: Readonly<
    Record<string, { readonly quarterPercent: number; readonly residentMb: number }>
  >;
  /** Number of dead letters; undefined if it cannot be observed. */
  readonly deadLetters?: number | undefined;
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
  readonly invalid: readonly string[];
  readonly checks: readonly Check[];
  /** Targets that could not be checked, with the reason. */
  readonly unjudged: readonly string[];
  readonly passed: boolean;
}

/** Checks a run against targets. A single error fails it. */
export function judge(targets: Targets, measurements: Measurements): Verdict {
  const { tally, propagation, processes, deadLetters = 0, ended } = measurements;
  const { lateP99Ms: maxLateMs = Infinity, quarterPercent, residentMb } = targets;
  const invalid = [
    ...(tally.requests === 0 ? ['no request was measured'] : []),
    ...(tally.lateness.p99 > maxLateMs
      ? [`the sender was late: p99 ${tally.lateness.p99.toFixed(1)} ms, at most ${maxLateMs} ms are allowed`]
      : []),
  ];
  const checks: Check[] = [];
  const unjudged: string[] = [];
  const none = (name: string, count: number, value = String(count)) =>
    checks.push({ name, value, target: 'none', passed: count === 0 });
  const below = (name: string, value: number, limit: number | undefined, unit: string) => {
    if (limit === undefined) return;
    const [short = ''] = unit.split(' ');
    const target = `< ${limit} ${unit}`;
    checks.push({ name, value: `${value.toFixed(1)} ${short}`, target, passed: value < limit });
  };

  none(
    'errors',
    Object.values(tally.errors).reduce((sum, count) => sum + count, 0),
  );
  none('writes never visible', propagation.lost);
  none('dead letters', deadLetters);
  none('processes exited', ended.length, ended.join(', ') || '0');
  for (const [service, { count, p99 }] of Object.entries(tally.services))
    if (count > 0) below(`p99 of ${service}`, p99, targets.p99Ms, 'ms');
  if (propagation.count > 0) below('propagation p99', propagation.p99, targets.propagationP99Ms, 'ms');
  else if (targets.propagationP99Ms !== undefined) unjudged.push('propagation: no write was observed');
  if (quarterPercent !== undefined || residentMb !== undefined) {
    for (const service of serviceNames) {
      const observed = processes[service];
      if (!observed) unjudged.push(`CPU and memory of ${service}: its process cannot be observed`);
      else {
        below(`CPU of ${service}`, observed.quarterPercent, quarterPercent, '% of 0.25 core');
        below(`memory of ${service}`, observed.residentMb, residentMb, 'MB');
      }
    }
  }
  const passed = invalid.length === 0 && checks.every((check) => check.passed);
  return { invalid, checks, unjudged, passed };
}
