/** Values to choose from, by factor. */
export type Factors = Readonly<Record<string, readonly unknown[]>>;
/** An index of a value for each factor. */
export type Row = Readonly<Record<string, number>>;

interface Pair {
  readonly a: readonly [factor: string, value: number];
  readonly b: readonly [factor: string, value: number];
}

/**
 * Rows in which each pair of values of two factors occurs, except pairs that no valid row has, which are returned too. Greedy: a
 * row starts with an uncovered pair and takes for each further factor the value that covers most; not the least number of rows.
 */
export function pairwise(
  factors: Factors,
  isValid: (row: Row) => boolean,
): { readonly rows: readonly Row[]; readonly impossible: readonly Pair[] } {
  const uncovered = new Map(pairsOf(factors).map((pair) => [keyOf(pair), pair]));
  const rows: Row[] = [];
  const impossible: Pair[] = [];
  for (const [key, pair] of uncovered) {
    if (!uncovered.has(key)) continue;
    const row = complete(Object.fromEntries([pair.a, pair.b]), factors, { isValid, uncovered });
    if (row) rows.push(row);
    else impossible.push(pair);
    uncovered.delete(key);
    if (row) for (const covered of pairsIn(row)) uncovered.delete(keyOf(covered));
  }
  return { rows, impossible };
}

interface Search {
  readonly isValid: (row: Row) => boolean;
  readonly uncovered: ReadonlyMap<string, Pair>;
}

/** The first valid row with these values, by backtracking over the values that cover most. */
function complete(row: Row, factors: Factors, search: Search): Row | undefined {
  const next = Object.keys(factors).find((factor) => row[factor] === undefined);
  if (next === undefined) return search.isValid(row) ? row : undefined;
  const gainOf = (candidate: Row) =>
    pairsIn(candidate).filter((pair) => search.uncovered.has(keyOf(pair))).length;
  const candidates = (factors[next] ?? [])
    .map((_, value): Row => ({ ...row, [next]: value }))
    .map((candidate) => ({ candidate, gain: gainOf(candidate) }))
    .toSorted((a, b) => b.gain - a.gain);
  for (const { candidate } of candidates) {
    if (!search.isValid(candidate)) continue;
    const found = complete(candidate, factors, search);
    if (found) return found;
  }
  return undefined;
}

function pairsOf(factors: Factors): Pair[] {
  const values = Object.entries(factors).flatMap(([factor, all]) => all.map((_, i) => [factor, i] as const));
  return values.flatMap((a, i) => values.slice(i + 1).flatMap((b) => (a[0] === b[0] ? [] : [{ a, b }])));
}

function pairsIn(row: Row): Pair[] {
  const values = Object.entries(row);
  return values.flatMap((a, i) => values.slice(i + 1).map((b) => ({ a, b })));
}

function keyOf({ a, b }: Pair): string {
  return [a.join('='), b.join('=')].toSorted().join(' ');
}
