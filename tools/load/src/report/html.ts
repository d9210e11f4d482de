import { measuredSpan } from '../profiles.ts';
import type { Targets } from '../profiles.ts';
import type { Report } from '../run.ts';
import { type Chart, escaped, figureOf, type Series } from './chart.ts';
import { style } from './style.ts';
import { textOf } from './text.ts';

/** Renders a report as a self-contained HTML page. */
export function htmlOf(title: string, report: Report, targets: Targets = {}): string {
  const { verdict, machine } = report;
  const [headline = '', ...where] = title.split(': ');
  const status = verdict.passed ? 'passed' : verdict.void.length > 0 ? 'void' : 'failed';
  const tiles = verdict.checks.map(
    ({ name, value, target, passed }) =>
      `<div class="tile ${passed ? 'good' : 'bad'}"><b>${escaped(value)}</b><span>${escaped(name)}</span><small>${passed ? '✓' : '✗'} ${escaped(target)}</small></div>`,
  );
  const notes = [...verdict.void.map((reason) => `The run is invalid: ${reason}`), ...verdict.unjudged];
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Tandem under load: ${escaped(headline)}</title>
<style>${style}</style>
<main>
<header><h1>${escaped(headline)} <em class="${status}">${status === 'void' ? 'invalid' : status}</em></h1>
<p>${escaped(where.join(': '))}<br>${escaped(machine.cpu)}, ${machine.cores} cores, Node.js ${machine.node}, revision ${machine.revision}, ${machine.date}</p>
${notes.map((note) => `<p class="note">${escaped(note)}</p>`).join('')}</header>
<section class="tiles">${tiles.join('')}</section>
<section class="charts">${chartsOf(report, targets).map(figureOf).join('\n')}</section>
<details><summary>All figures</summary><pre>${escaped(textOf(title, report))}</pre></details>
</main></html>
`;
}

function chartsOf({ phases, timeline }: Report, targets: Targets): Chart[] {
  const { from, to: seconds } = measuredSpan(phases);
  const span = { from, seconds };
  const within = ([second]: Series['points'][number]) => second >= 0 && second <= seconds;
  const latency = (service: 'product' | 'cart', quantile: 'p50' | 'p99') =>
    timeline.seconds.flatMap((it): Series['points'] => {
      const percentiles = it[service];
      return percentiles ? [[it.second, percentiles[quantile]]] : [];
    });
  const latencies = (['product', 'cart'] as const).flatMap((service): Series[] => [
    { name: `${service}, p99`, points: latency(service, 'p99') },
    { name: `${service}, p50`, points: latency(service, 'p50'), isSecondary: true },
  ]);
  // The services first, in the same colours as in the other charts.
  const isOther = ([name]: readonly [string, unknown]) => Number(name !== 'product' && name !== 'cart');
  const processes = Object.entries(timeline.looks).sort((a, b) => isOther(a) - isOther(b));
  const cpu = processes.map(([name, samples]) => ({
    name,
    points: samples.slice(1).flatMap((sample, i): Series['points'] => {
      const before = samples[i];
      if (!before || sample.atMs - before.atMs < 200) return [];
      const share = (sample.cpuSeconds - before.cpuSeconds) / ((sample.atMs - before.atMs) / 1000);
      return [[sample.atMs / 1000, 100 * share]];
    }),
  }));
  const memory = processes.map(([name, samples]) => ({
    name,
    points: samples.map(({ atMs, residentMb }) => [atMs / 1000, residentMb] as const),
  }));
  const queues = Object.entries(timeline.depths).map(([name, depths]) => ({
    name,
    points: depths.map(({ atMs, messages }) => [atMs / 1000, messages] as const),
  }));
  const propagation = timeline.propagation.flatMap(({ atMs, delayMs }): Series['points'] =>
    delayMs === undefined ? [] : [[atMs / 1000, delayMs]],
  );
  const rate = timeline.seconds.map(({ second, requests }) => [second, requests] as const);
  const errors = timeline.seconds.map((it) => [it.second, it.errors] as const);

  const charts: Chart[] = [
    { ...span, title: 'Latency', unit: 'ms', series: latencies, target: targets.p99Ms },
    {
      ...span,
      title: 'Requests, by due time',
      unit: 'per second',
      series: [
        { name: 'all', points: rate },
        { name: 'errors', points: errors },
      ],
    },
    {
      ...span,
      title: 'Propagation delay, Product write to Cart read',
      unit: 'ms',
      series: [{ name: 'one write', points: propagation, isDots: true }],
      target: targets.propagationP99Ms,
    },
    { ...span, title: 'Messages in queues', unit: '', series: queues },
    { ...span, title: 'CPU', unit: '% of a core', series: cpu },
    { ...span, title: 'Memory', unit: 'MB', series: memory, target: targets.residentMb },
  ];
  return charts
    .map((chart) => ({
      ...chart,
      series: chart.series.map((it) => ({ ...it, points: it.points.filter(within) })),
    }))
    .filter(({ series }) => series.some(({ points }) => points.length > 0));
}
