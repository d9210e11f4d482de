import type { Sent } from './engine/engine.ts';
import type { Targets } from './profiles.ts';
import type { Tally } from './tally.ts';

/** What a verdict is made of. Milliseconds, percent and megabytes. */
export interface Evidence {
  readonly tally: Tally;
  readonly sent: Sent;
  readonly propagation: { readonly p99: number; readonly lost: number; readonly count: number };
  /** By service; empty where a service has no process of its own or it cannot be seen. */
  readonly processes: Readonly<
    Record<string, { readonly quarterPercent: number; readonly residentMb: number }>
  >;
  /** Messages that were given up, where that can be seen. */
  readonly deadLetters?: number;
  /** Processes that ended though nobody had told them to. */
  readonly ended: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly value: string;
  readonly target: string;
  readonly passed: boolean;
}

export interface Verdict {
  /** Why the run says nothing of the system; then it is not passed. */
  readonly void: readonly string[];
  readonly checks: readonly Check[];
  /** What a target is for and could not be measured here. */
  readonly unjudged: readonly string[];
  readonly passed: boolean;
}

/** Of what was due, what may not have been sent. */
const MAX_DROPPED_SHARE = 0.001;

/** Judges a run. Without errors means without a single one. */
export function judge(targets: Targets, evidence: Evidence): Verdict {
  const { tally, sent, propagation, processes, deadLetters = 0, ended } = evidence;
  const reasons = [
    tally.requests === 0 ? ['no request was measured'] : [],
    sent.lateP99Ms > (targets.lateP99Ms ?? Infinity)
      ? [
          `the sender was late itself: p99 ${ms(sent.lateP99Ms)}, of ${targets.lateP99Ms} ms that are tolerated`,
        ]
      : [],
    sent.dropped > sent.planned * MAX_DROPPED_SHARE
      ? [`the sender left out ${sent.dropped} of ${sent.planned} requests`]
      : [],
  ].flat();

  const errors = Object.values(tally.errors).reduce((sum, count) => sum + count, 0);
  const checks: Check[] = [
    { name: 'errors', value: String(errors), target: 'none', passed: errors === 0 },
    {
      name: 'writes that never showed',
      value: String(propagation.lost),
      target: 'none',
      passed: propagation.lost === 0,
    },
    { name: 'dead letters', value: String(deadLetters), target: 'none', passed: deadLetters === 0 },
    {
      name: 'processes that died',
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
    if (propagation.count === 0) unjudged.push('propagation: no write was seen');
    else below('propagation p99', propagation.p99, targets.propagationP99Ms, 'ms');
  }
  for (const service of ['product', 'cart'] as const) {
    const { quarterPercent, residentMb } = targets;
    const seen = processes[service];
    if (quarterPercent === undefined && residentMb === undefined) continue;
    if (!seen) {
      unjudged.push(`CPU and memory of ${service}: its process cannot be seen`);
      continue;
    }
    if (quarterPercent !== undefined)
      below(`CPU of ${service}`, seen.quarterPercent, quarterPercent, '% of 0.25 core');
    if (residentMb !== undefined) below(`memory of ${service}`, seen.residentMb, residentMb, 'MB');
  }
  const passed = reasons.length === 0 && checks.every((check) => check.passed);
  return { void: reasons, checks, unjudged, passed };
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}
