import type { Machine } from '../machine.ts';
import type { Result } from './rounds.ts';

/** Ratio of the CPU times of two subjects, by round: median, minimum and maximum. */
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

/** Divides the CPU times of two subjects within each round, so that both had the same conditions. */
export function ratioOf(dividend: Result, divisor: Result): Ratio {
  const ratios = dividend.rounds
    .map((ms, round) => ms / (divisor.rounds[round] ?? Number.NaN))
    .sort((a, b) => a - b);
  return { value: median(ratios), least: ratios[0] ?? Number.NaN, most: ratios.at(-1) ?? Number.NaN };
}

/** Checks the targets for the CPU cost of requests, by their medians. */
export function judge(results: readonly Result[]): readonly Target[] {
  const find = (name: string): Result => {
    const result = results.find((it) => it.name === name);
    if (!result) throw new Error(`No measurement of "${name}".`);
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

/** Renders the results as a text table. */
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
    `${'CPU per request, ms'.padEnd(42)}   median      min      max × Fastify  × GetItem`,
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
