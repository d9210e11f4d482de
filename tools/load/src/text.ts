import { describeMachine } from './machine.ts';
import type { Report } from './run.ts';
import type { Durations } from './tally.ts';

const LABEL_WIDTH = 28;

/** Renders a report as text, with the verdict at the end. */
export function textOf(title: string, report: Report): string {
  const { verdict, phases } = report;
  const isOnePhase = Object.keys(phases).length <= Object.keys(report.services).length;
  const durations = Object.entries({
    ...report.operations,
    ...prefixed('all of ', report.services),
    ...(isOnePhase ? {} : phases),
    'write → visible in Cart': report.propagation,
  }).filter(([, { count }]) => count > 0);
  const counts = (counted: Readonly<Record<string, number>>) =>
    Object.entries(counted).map(([name, count]) => `  ${String(count).padStart(7)} × ${name}`);
  const lines = [
    title,
    describeMachine(report.machine),
    `offered ${report.offeredPerSecond.toFixed(1)} requests a second, completed ${report.completedPerSecond.toFixed(1)}; ` +
      `the sender was late by ${report.lateness.p99.toFixed(1)} ms (p99)`,
    ...section(['milliseconds', 'count', 'p50', 'p95', 'p99', 'max'], durations, (row: Durations) => [
      String(row.count),
      ...[row.p50, row.p95, row.p99, row.max].map(short),
    ]),
    ...titled('expected rejections', counts(report.expected)),
    ...titled('errors', counts(report.errors)),
    ...section(['queue', 'max messages', 'max age, ms'], Object.entries(report.queues), (row) => [
      String(row.maxDepth),
      row.oldestAtMostMs.toFixed(0),
    ]),
    ...section(['process', '% of a core', '% of 0.25', 'MB'], Object.entries(report.processes), (row) =>
      [row.corePercent, row.quarterPercent, row.residentMb].map(short),
    ),
    '',
    ...verdict.checks.map(
      ({ name, value, target, passed }) =>
        `${passed ? '✓' : '✗'} ${name.padEnd(LABEL_WIDTH)}${value.padStart(20)}   ${target}`,
    ),
    ...verdict.unjudged.map((what) => `? ${what}`),
    ...verdict.invalid.map((reason) => `The run is invalid: ${reason}`),
    verdict.passed ? 'passed' : verdict.invalid.length > 0 ? 'invalid' : 'failed',
  ];
  return `${lines.join('\n')}\n`;
}

/** A table with a heading; nothing without rows. */
function section<T>(
  [label = '', ...columns]: readonly string[],
  rows: readonly (readonly [string, T])[],
  cellsOf: (row: T) => readonly string[],
): string[] {
  const width = Math.max(LABEL_WIDTH, ...rows.map(([name]) => name.length + 2));
  const line = (name: string, cells: readonly string[]) =>
    name.padEnd(width) + cells.map((cell, i) => cell.padStart((columns[i]?.length ?? 0) + 6)).join('');
  return titled(
    line(label, columns),
    rows.map(([name, row]) => line(`  ${name}`, cellsOf(row))),
  );
}

function titled(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines];
}

function prefixed<T>(prefix: string, values: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [prefix + name, value]));
}

function short(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}
