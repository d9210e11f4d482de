import { setTimeout as delay } from 'node:timers/promises';
import { chunksOf } from '@tandem/cli/batches';
import { differencesOf, type PairDifference } from './difference.ts';
import type { Facts, Pair } from './facts.ts';
import { type FactsReader, pairId } from './tables.ts';

/** Whether the current phase reports a difference; other phases report the rest. */
export type IsRelevant = (difference: PairDifference, facts: Facts) => boolean;

export interface SuspectsDeps {
  readonly reader: FactsReader;
  /** Milliseconds for which the facts of a difference must stay the same. */
  readonly settleMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Pairs per read. */
const CHUNK = 500;
/** Limit of inspections of a pair that keeps changing. */
const ROUNDS = 5;

/** Collects pairs with a difference. Because of the propagation delay it is confirmed only if it is the same later. */
export function createSuspects({ reader, settleMs, now }: SuspectsDeps) {
  /** Suspects by pair id, with the fingerprints of their differences. */
  let suspects = new Map<string, Pair & { readonly fingerprints: readonly string[] }>();
  let inMotion = 0;

  const found = (pair: Pair, facts: Facts, isRelevant: IsRelevant) =>
    differencesOf(pair, facts, now()).filter((difference) => isRelevant(difference, facts));
  const suspect = ({ productId, cartId }: Pair, differences: readonly PairDifference[]) => {
    if (differences.length === 0) return;
    const fingerprints = differences.map(({ fingerprint }) => fingerprint);
    suspects.set(pairId({ productId, cartId }), { productId, cartId, fingerprints });
  };

  return {
    get size() {
      return suspects.size;
    },
    /** Number of pairs that changed with each inspection. */
    get inMotion() {
      return inMotion;
    },
    inspect(pair: Pair, facts: Facts, isRelevant: IsRelevant) {
      suspect(pair, found(pair, facts, isRelevant));
    },
    /** Inspects all pairs again after the settle time, and removes them. Calls back with batches of confirmed differences. */
    async verify(
      isRelevant: IsRelevant,
      onDifferences: (differences: readonly PairDifference[]) => Promise<void>,
    ): Promise<void> {
      for (let round = 0; suspects.size > 0 && round < ROUNDS; round++) {
        await delay(settleMs);
        const pairs = [...suspects.values()];
        suspects = new Map();
        const confirmed: PairDifference[] = [];
        for (const chunk of chunksOf(pairs, CHUNK)) {
          const factsOf = await reader.facts(chunk);
          for (const { fingerprints, ...pair } of chunk) {
            const facts = factsOf.get(pairId(pair));
            const differences = facts ? found(pair, facts, isRelevant) : [];
            const isConfirmed = ({ fingerprint }: PairDifference) => fingerprints.includes(fingerprint);
            confirmed.push(...differences.filter(isConfirmed));
            suspect(
              pair,
              differences.filter((difference) => !isConfirmed(difference)),
            );
          }
        }
        if (confirmed.length > 0) await onDifferences(confirmed);
      }
      inMotion += suspects.size;
      suspects = new Map();
    },
  };
}

export type Suspects = ReturnType<typeof createSuspects>;
