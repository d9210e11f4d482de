import { type Entry, possibleFrom } from './operation-log.ts';
import { publicIdOf } from '../public-id.ts';
import type { Reduction } from './stock-events.ts';

/** Possible quantities of each product in a cart. */
export type Quantities = ReadonlyMap<string, ReadonlySet<number>>;

type CartEntry = Extract<Entry, { readonly cartId: string }>;
type Change = Exclude<CartEntry, { readonly op: 'open' | 'hold' | 'checkOut' }> | ReductionEntry;
interface ReductionEntry extends Omit<Reduction, 'version'> {
  readonly op: 'reduce';
}

const none: ReadonlySet<number> = new Set([0]);

/** Possible content of each cart, from the responses to its client and the increases that Product rejected. */
export function quantitiesOf(
  log: readonly Entry[],
  reductions: readonly Reduction[],
): (cartId: string) => Quantities {
  const entries = Map.groupBy(
    log.filter((entry): entry is CartEntry => 'cartId' in entry),
    ({ cartId }) => cartId,
  );
  const reductionsByCart = Map.groupBy(reductions, ({ cartId }) => cartId);
  const merged = new Set<string>(
    log.flatMap((entry) =>
      entry.op === 'merge' && entry.outcome.status === 'done' ? [entry.fromCartId] : [],
    ),
  );
  const computed = new Map<string, Map<string, ReadonlySet<number>>>();

  /** Final content of a cart; for a merged one, its content at the merge. */
  const contentOf = (cartId: string): Quantities => {
    const cached = computed.get(cartId);
    if (cached) return cached;
    const lines = new Map<string, ReadonlySet<number>>();
    computed.set(cartId, lines);
    const sources = new Set<string>();
    const valuesOf = (productId: string) => lines.get(productId) ?? none;
    for (const change of historyOf(
      entries.get(cartId) ?? [],
      reductionsByCart.get(publicIdOf(cartId)) ?? [],
    )) {
      if (change.op === 'merge') {
        // A repeated merge moves nothing.
        if (change.outcome.status !== 'done' || sources.has(change.fromCartId)) continue;
        sources.add(change.fromCartId);
        for (const [productId, moved] of contentOf(change.fromCartId))
          lines.set(productId, sumsOf(valuesOf(productId), moved));
      } else if (change.op === 'reduce') {
        lines.set(change.productId, new Set([change.qty]));
      } else {
        const { op, productId, qty, outcome } = change;
        const apply = (before: number) => (op === 'add' ? before + qty : qty);
        lines.set(productId, possibleFrom(valuesOf(productId), [{ outcome, apply }]));
      }
    }
    return lines;
  };

  return (cartId) => {
    const content = contentOf(cartId);
    return merged.has(cartId) ? new Map([...content.keys()].map((productId) => [productId, none])) : content;
  };
}

/**
 * Changes of a cart merged with its reductions, in the order of versions. A change with an unknown outcome follows a reduction
 * that it may have preceded: as it may not have happened, this allows both.
 */
function historyOf(entries: readonly CartEntry[], reductions: readonly Reduction[]): readonly Change[] {
  const waiting = reductions.toSorted((a, b) => a.version - b.version);
  const history: Change[] = [];
  const unknown: Change[] = [];
  let next = 0;
  const advance = (version: number) => {
    for (let first = waiting[next]; first && first.version <= version; first = waiting[++next])
      history.push({ op: 'reduce', ...first });
    history.push(...unknown.splice(0));
  };
  for (const entry of inOrderOfVersions(entries)) {
    const { outcome } = entry;
    if (outcome.status === 'done') advance(outcome.version);
    if (!isChange(entry) || outcome.status === 'rejected') continue;
    if (outcome.status === 'done') history.push(entry);
    else unknown.push(entry);
  }
  advance(Infinity);
  return history;
}

/** Sorts concurrent adds to a line, which are logged in the order of their responses, by the cart's version. */
function inOrderOfVersions(entries: readonly CartEntry[]): readonly CartEntry[] {
  const ordered: CartEntry[] = [];
  let run: CartEntry[] = [];
  const versionOf = ({ outcome }: CartEntry) =>
    outcome.status === 'done' ? outcome.version : Number.MAX_SAFE_INTEGER;
  const close = () => {
    ordered.push(...run.toSorted((a, b) => versionOf(a) - versionOf(b)));
    run = [];
  };
  for (const entry of entries) {
    const [first] = run;
    const isSameLine = first?.op === 'add' && entry.op === 'add' && first.productId === entry.productId;
    if (!isSameLine) close();
    if (entry.op === 'add') run.push(entry);
    else ordered.push(entry);
  }
  close();
  return ordered;
}

function isChange(entry: CartEntry): entry is Exclude<Change, ReductionEntry> {
  return entry.op === 'add' || entry.op === 'set' || entry.op === 'merge';
}

function sumsOf(first: ReadonlySet<number>, second: ReadonlySet<number>): ReadonlySet<number> {
  return new Set([...first].flatMap((a) => [...second].map((b) => a + b)));
}
