import type { Load } from './arguments.ts';
import type { Result, Round } from './rounds.ts';
import { type Estimate, estimate, hasTrend, judge, type Limit, ratios, type Verdict } from './statistics.ts';
import { GET_ITEM } from './events.ts';
import { FASTIFY, OURS, subjectName } from './subjects.ts';

/** A ratio of two subjects, and its limit. */
export interface Target {
  readonly name: string;
  /** Subjects whose quotient it is. */
  readonly of: readonly [string, string];
  readonly measure: 'cpuMs' | 'p99';
  readonly limit: Limit;
  /** Requests a second at which it applies; the saturated load where there are none. */
  readonly perSecond?: number;
}

export interface Judged extends Target {
  readonly ratio: Estimate;
  /** Whether the ratio still rose or fell from round to round, so that nothing is decided. */
  readonly isChanging: boolean;
  readonly verdict: Verdict;
}

const ours = (route: Parameters<typeof subjectName>[1]) => subjectName(OURS, route);
const cart = (route: Parameters<typeof subjectName>[1]) => subjectName('peer retail-cart', route);
const catalog = (route: Parameters<typeof subjectName>[1]) => subjectName('peer retail-catalog', route);
const cpu = (name: string, of: Target['of'], limit: Limit, perSecond?: number): Target => ({
  name,
  of,
  measure: 'cpuMs',
  limit,
  ...(perSecond !== undefined && { perSecond }),
});

/** Targets for the cost of requests: beside yardsticks, beside each other, and beside peers if they are measured. */
export const targets: readonly Target[] = [
  cpu("product read again: requests per CPU second, of bare Fastify's", [FASTIFY, ours('product-again')], {
    atLeast: 0.7,
  }),
  cpu("product read from the table: CPU, of the SDK's GetItem alone", [ours('product'), GET_ITEM], {
    atMost: 1,
  }),
  cpu("line added: CPU, of the SDK's GetItem alone", [ours('add'), GET_ITEM], { atMost: 3 }),
  cpu('line added to a cart of 100, of one added to a cart of 1', [ours('add-100'), ours('add-1')], {
    atMost: 1.5,
  }),
  cpu('the same with return=minimal', [ours('add-100-minimal'), ours('add-1-minimal')], { atMost: 1.5 }),
  cpu("line added: CPU, of the retail cart's", [ours('add'), cart('add')], { atMost: 0.6 }),
  cpu("cart read: CPU, of the retail cart's", [ours('cart'), cart('cart')], { atMost: 0.6 }),
  cpu("product read from the table: CPU, of the retail catalog's", [ours('product'), catalog('product')], {
    atMost: 0.9,
  }),
  cpu("category listed: CPU, of the retail catalog's", [ours('category'), catalog('category')], {
    atMost: 0.8,
  }),
  cpu("line added: CPU, of the retail cart's", [ours('add'), cart('add')], { atMost: 0.3 }, 17),
  cpu(
    "product read from the table: CPU, of the retail catalog's",
    [ours('product'), catalog('product')],
    { atMost: 1 },
    83,
  ),
  ...[300, 800].map((perSecond) => ({
    name: "line added: p99, of the retail cart's",
    of: [ours('add'), cart('add')] as const,
    measure: 'p99' as const,
    limit: { atMost: 1 },
    perSecond,
  })),
];

/** Median and interval of the ratio of two subjects; undefined unless both were measured. */
export function ratioOf(results: readonly Result[], of: Target['of']): Estimate | undefined {
  const values = ratiosOf(results, of, 'cpuMs');
  return values && estimate(values);
}

/** Judges the targets that apply to this load, and whose subjects were measured. */
export function judgeTargets(results: readonly Result[], load: Load, all = targets): readonly Judged[] {
  const rate = 'perSecond' in load ? load.perSecond : undefined;
  return all.flatMap((target) => {
    const values = ratiosOf(results, target.of, target.measure);
    if (!values || target.perSecond !== rate) return [];
    const [ratio, isChanging] = [estimate(values), hasTrend(values)];
    return [
      { ...target, ratio, isChanging, verdict: isChanging ? 'not decided' : judge(ratio, target.limit) },
    ];
  });
}

/** Exit code of a run: 1 where a target is missed, 3 where none is, but one is not decided. */
export function exitCodeOf(judged: readonly Judged[]): number {
  const verdicts = new Set(judged.map(({ verdict }) => verdict));
  return verdicts.has('missed') ? 1 : verdicts.has('not decided') ? 3 : 0;
}

function ratiosOf(
  results: readonly Result[],
  [dividend, divisor]: Target['of'],
  measure: keyof Round,
): readonly number[] | undefined {
  const [a, b] = [dividend, divisor].map((name) =>
    results.find((result) => result.name === name)?.rounds.map((round) => round[measure]),
  );
  return a && b && ratios(a, b);
}
