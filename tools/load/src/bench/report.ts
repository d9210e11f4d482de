import { describeMachine, type Machine } from '../machine.ts';
import type { BenchArguments, Load } from './arguments.ts';
import type { Result } from './rounds.ts';
import { type RouteId, routes } from './routes.ts';
import { type Estimate, median, type Verdict } from './statistics.ts';
import { OURS, subjectName } from './subjects.ts';
import { type Judged, ratioOf } from './targets.ts';

/** A finished run. */
export interface BenchReport {
  readonly machine: Machine;
  /** Load average over one minute, before and after the measurement. */
  readonly loadAverage: readonly [number, number];
  readonly rounds: number;
  readonly load: Load;
  readonly results: readonly Result[];
  /** CPU milliseconds a second without requests, by process. */
  readonly idle: Readonly<Record<string, number>>;
  readonly judged: readonly Judged[];
}

const MARKS: Readonly<Record<Verdict, string>> = { met: '✓', missed: '✗', 'not decided': '?' };

/** Renders a run as text: a table by route, idle processes, and the verdicts. */
export function reportText(report: BenchReport, chosen: BenchArguments['routes']): string {
  const { machine, loadAverage, rounds, results, idle, judged } = report;
  const late = results.flatMap(({ rounds }) => rounds.map(({ lateP99 }) => lateP99));
  const [before, after] = loadAverage.map((value) => value.toFixed(1));
  const yardsticks = results.filter(({ name }) => !chosen.some((route) => name.endsWith(` ${route}`)));
  return [
    `${describeMachine(machine)}; load average ${before} before, ${after} after`,
    `${rounds} rounds, ${describeLoad(report.load)}; medians of the rounds, of ratios with their 95 % interval`,
    ...('perSecond' in report.load ? [`sender late by ${median(late).toFixed(1)} ms (p99, median)`] : []),
    '',
    row(['', '', 'requests', 'CPU, ms', 'p50, ms', 'p99, ms', '  Tandem / other']),
    ...yardsticks.map((result) => resultRow('', result.name, result)),
    ...chosen.flatMap((route) => routeRows(results, route)),
    '',
    `idle, CPU ms a second: ${Object.entries(idle)
      .map(([name, ms]) => `${name} ${ms.toFixed(1)}`)
      .join(', ')}`,
    '',
    ...judged.map(
      ({ name, ratio, limit, verdict, isChanging }) =>
        `${MARKS[verdict]} ${name}: ${describeRatio(ratio)}, ${describeLimit(limit)}: ${verdict}${
          isChanging ? ' (it still changed from round to round: use a longer --warm-up)' : ''
        }`,
    ),
  ].join('\n');
}

/** `16 connections`, or `17 requests a second`. */
export function describeLoad(load: Load): string {
  return 'perSecond' in load
    ? `${load.perSecond} requests a second`
    : `saturated by ${load.connections} connections`;
}

/**
 * One line of JSON of a run, for the history of a class of machines: by subject the median of CPU and p99 in milliseconds, and by
 * target the ratio with its interval and verdict.
 */
export function historyLine({
  machine,
  loadAverage,
  rounds,
  load,
  results,
  idle,
  judged,
}: BenchReport): string {
  const medians = (measure: 'cpuMs' | 'p99') =>
    Object.fromEntries(
      results.map(({ name, rounds }) => [name, short(median(rounds.map((round) => round[measure])))]),
    );
  return JSON.stringify({
    date: machine.date,
    revision: machine.revision,
    node: machine.node,
    load: describeLoad(load),
    rounds,
    loadAverage: loadAverage.map(short),
    cpuMs: medians('cpuMs'),
    p99Ms: medians('p99'),
    idleCpuMs: Object.fromEntries(Object.entries(idle).map(([name, ms]) => [name, short(ms)])),
    targets: Object.fromEntries(
      judged.map(({ name, measure, ratio: { median, low, high }, verdict }) => [
        `${name} (${measure})`,
        [short(median), short(low), short(high), verdict],
      ]),
    ),
  });
}

/** Name of the file with the history of machines like this one: `bench-amd-epyc-2-cores.jsonl`. */
export function historyFile({ cpu, cores }: Machine): string {
  const slug = `${cpu} ${cores} cores`.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
  return `bench-${slug}.jsonl`;
}

function routeRows(results: readonly Result[], route: RouteId): string[] {
  const ours = subjectName(OURS, route);
  return results
    .filter(({ name }) => name.endsWith(` ${route}`))
    .map((result, i) => {
      const server = result.name.slice(0, -route.length - 1);
      const ratio = result.name === ours ? undefined : ratioOf(results, [ours, result.name]);
      return resultRow(i === 0 ? routes[route].name : '', server, result, ratio);
    });
}

function resultRow(label: string, server: string, { rounds }: Result, ratio?: Estimate): string {
  const of = (measure: 'requests' | 'cpuMs' | 'p50' | 'p99') => median(rounds.map((round) => round[measure]));
  return row([
    label,
    server,
    of('requests').toFixed(0),
    of('cpuMs').toFixed(3),
    of('p50').toFixed(1),
    of('p99').toFixed(1),
    ratio ? `  ${describeRatio(ratio)}` : '',
  ]);
}

function row([label = '', server = '', ...cells]: readonly string[]): string {
  const last = cells.pop() ?? '';
  return (
    label.padEnd(31) +
    server.padEnd(22) +
    cells.map((cell) => cell.padStart(9)).join('') +
    last
  ).trimEnd();
}

function describeRatio({ median, low, high }: Estimate): string {
  return `${median.toFixed(2)} [${low.toFixed(2)}, ${high.toFixed(2)}]`;
}

function describeLimit(limit: Judged['limit']): string {
  return 'atMost' in limit ? `at most ${limit.atMost}` : `at least ${limit.atLeast}`;
}

function short(value: number): number {
  return Number(value.toPrecision(3));
}
