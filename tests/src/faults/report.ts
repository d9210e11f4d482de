import type { FaultsReport } from './run.ts';

/** Report as a Markdown table. */
export function printReport({
  seed,
  operations,
  kills,
  injected,
  lostResponses,
  expired,
  reduced,
  missing,
  recoveriesMs,
  restMs,
  violations,
}: FaultsReport): string {
  const sorted = recoveriesMs.toSorted((a, b) => a - b);
  const [median, longest] = [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted.at(-1) ?? 0];
  const total = Object.values(kills).reduce((sum, count) => sum + count, 0);
  const rows: [string, string | number][] = [
    ['client operations', operations],
    ['kill -9', total],
    ...Object.entries(kills).map(([point, count]): [string, number] => [`— ${point}`, count]),
    ...Object.entries(injected),
    ...(lostResponses === undefined
      ? []
      : ([['writes with a lost DynamoDB response', lostResponses]] as [string, number][])),
    ['holds that expired', expired],
    ['rejected increases, with the held units kept', reduced],
    ['units sold beyond the stock on hand', missing],
    ['lost, duplicated, stuck', violations.length],
    ['recovery after a kill: median, longest', `${median} ms, ${longest} ms`],
    ['time to rest after the load', `${(restMs / 1000).toFixed(1)} s`],
  ];
  const table = [
    '| measure | value |',
    '| --- | ---: |',
    ...rows.map(([name, value]) => `| ${name} | ${value} |`),
  ];
  return [`seed ${seed}`, '', ...table, ...violations.map((violation) => `VIOLATION: ${violation}`)].join(
    '\n',
  );
}
