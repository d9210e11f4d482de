import type { Machine } from '../machine.ts';
import type { Result } from './rounds.ts';

/** How the CPU of one thing compares with that of another, round by round: the median, the least and the most. */
export interface Ratio {
  readonly value: number;
  readonly least: number;
  readonly most: number;
}

export interface Target extends Ratio {
  readonly name: string;
  /** `>=` at least, `<` less than. */
  readonly relation: '>=' | '<';
  readonly limit: number;
  readonly passed: boolean;
}

/** `of` divided by `by` within each round, in which both met the same machine. */
export function ratioOf(of: Result, by: Result): Ratio {
  const ratios = of.rounds.map((ms, round) => ms / (by.rounds[round] ?? Number.NaN)).sort((a, b) => a - b);
  return { value: median(ratios), least: ratios[0] ?? Number.NaN, most: ratios.at(-1) ?? Number.NaN };
}

/** What is promised of the cost of requests; judged by the medians. */
export function judge(results: readonly Result[]): readonly Target[] {
  const find = (name: string): Result => {
    const result = results.find((it) => it.name === name);
    if (!result) throw new Error(`nothing was measured of "${name}"`);
    return result;
  };
  const sdk = find('AWS SDK GetItem');
  const target = (name: string, ratio: Ratio, relation: Target['relation'], limit: number): Target => ({
    name,
    ...ratio,
    relation,
    limit,
    passed: relation === '<' ? ratio.value < limit : ratio.value >= limit,
  });
  return [
    target(
      "product read again: requests per CPU second, of bare Fastify's",
      ratioOf(find('bare Fastify'), find('read a product, the same again and again')),
      '>=',
      0.6,
    ),
    target(
      "product read through DynamoDB: CPU, of the SDK's GetItem alone",
      ratioOf(find('read a product, each time another'), sdk),
      '<',
      1,
    ),
    target("line added: CPU, of the SDK's GetItem alone", ratioOf(find('add a line'), sdk), '<', 3),
  ];
}

/** A table for people. */
export function tableOf({
  machine,
  results,
  targets,
}: {
  readonly machine: Machine;
  readonly results: readonly Result[];
  readonly targets: readonly Target[];
}): string {
  const find = (name: string) => results.find((it) => it.name === name);
  const [fastify, sdk] = [find('bare Fastify'), find('AWS SDK GetItem')];
  const times = (result: Result, by: Result | undefined) =>
    (by ? ratioOf(result, by).value.toFixed(2) : '').padStart(11);
  return `${[
    `${machine.cpu}, ${machine.cores} cores, Node.js ${machine.node}, revision ${machine.revision}`,
    '',
    `${'ms of CPU a request'.padEnd(42)}   median    least     most × Fastify  × GetItem`,
    ...results.map(
      (result) =>
        result.name.padEnd(42) +
        [result.cpuMs, result.least, result.most].map((ms) => ms.toFixed(3).padStart(9)).join('') +
        times(result, fastify) +
        times(result, sdk),
    ),
    '',
    ...targets.map(
      ({ name, value, least, most, relation, limit, passed }) =>
        `${passed ? '✓' : '✗'} ${name}: ${value.toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)}), ${relation} ${limit}`,
    ),
  ].join('\n')}\n`;
}

function median(ascending: readonly number[]): number {
  return ascending[Math.floor(ascending.length / 2)] ?? Number.NaN;
}
