import type { Durations } from '../percentile.ts';
import type { Report } from '../run.ts';

const number = (value: number, width = 9) => value.toFixed(value < 100 ? 1 : 0).padStart(width);

function row(name: string, { count, p50, p95, p99, max }: Durations): string {
  return `  ${name.padEnd(26)}${String(count).padStart(8)}${[p50, p95, p99, max].map((it) => number(it)).join('')}`;
}

/** Renders a report as text, with the verdict at the end. */
export function textOf(title: string, report: Report): string {
  const { machine, verdict, propagation } = report;
  const head = (name: string) =>
    `${name.padEnd(28)}${'count'.padStart(8)}      p50      p95      p99      max`;
  const counts = (name: string, of: Readonly<Record<string, number>>) =>
    Object.keys(of).length === 0
      ? []
      : ['', name, ...Object.entries(of).map(([what, count]) => `  ${String(count).padStart(7)} × ${what}`)];
  const lines = [
    title,
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, revision ${machine.revision}`,
    `offered ${report.offeredPerSecond.toFixed(1)} requests a second, completed ${report.answeredPerSecond.toFixed(1)}; ` +
      `the sender was late by ${report.senderLateP99Ms.toFixed(1)} ms (p99)`,
    '',
    head('milliseconds'),
    ...Object.entries(report.operations).map(([name, durations]) => row(name, durations)),
    ...Object.entries(report.services).map(([name, durations]) => row(`all of ${name}`, durations)),
    row('write → visible in Cart', propagation),
    ...Object.entries(report.relayLag).map(([name, durations]) => row(`relay lag of ${name}`, durations)),
    ...counts('expected rejections', report.expected),
    ...counts('errors', report.errors),
    ...(Object.keys(report.queues).length === 0
      ? []
      : ['', `${'queue'.padEnd(32)}${'max messages'.padStart(15)}${'max age'.padStart(16)}`]),
    ...Object.entries(report.queues).map(
      ([name, { maxDepth, oldestAtMostMs }]) =>
        `  ${name.padEnd(30)}${String(maxDepth).padStart(15)}${`${oldestAtMostMs.toFixed(0)} ms`.padStart(16)}`,
    ),
    ...(Object.keys(report.processes).length === 0
      ? []
      : [
          '',
          `${'process'.padEnd(28)}${'% of a core'.padStart(12)}${'% of 0.25'.padStart(12)}${'MB'.padStart(8)}`,
        ]),
    ...Object.entries(report.processes).map(
      ([name, { corePercent, quarterPercent, residentMb }]) =>
        `  ${name.padEnd(26)}${number(corePercent, 12)}${number(quarterPercent, 12)}${number(residentMb, 8)}`,
    ),
    ...Object.entries(report.throttled).map(
      ([name, { periods, throttled, ms }]) =>
        `  ${name} was throttled in ${throttled} of ${periods} CPU periods of 100 ms, for ${ms.toFixed(0)} ms`,
    ),
    '',
    ...verdict.checks.map(
      ({ name, value, target, passed }) =>
        `${passed ? '✓' : '✗'} ${name.padEnd(26)}${value.padStart(24)}   ${target}`,
    ),
    ...verdict.unjudged.map((what) => `? ${what}`),
    ...verdict.void.map((reason) => `The run is invalid: ${reason}`),
    verdict.passed ? 'passed' : verdict.void.length > 0 ? 'invalid' : 'failed',
  ];
  return `${lines.join('\n')}\n`;
}
