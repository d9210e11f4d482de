import { setTimeout as delay } from 'node:timers/promises';
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

/** Pairs with an unconfirmed difference. Because of the propagation delay it counts only if it is the same later. */
export interface Suspects {
  readonly size: number;
  inspect(pair: Pair, facts: Facts, isRelevant: IsRelevant): void;
  /** Inspects all pairs again after the settle time, and removes them. Calls back with batches of confirmed differences. */
  verify(
    isRelevant: IsRelevant,
    onDifferences: (differences: readonly PairDifference[]) => Promise<void>,
  ): Promise<void>;
  /** Number of pairs that changed with each inspection. */
  readonly inMotion: () => number;
}

/** Pairs per read. */
const CHUNK = 500;
/** Limit of inspections of a pair that keeps changing. */
const ROUNDS = 5;

export function createSuspects({ reader, settleMs, now }: SuspectsDeps): Suspects {
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
    inspect: (pair, facts, isRelevant) => suspect(pair, found(pair, facts, isRelevant)),
    async verify(isRelevant, onDifferences) {
      for (let round = 0; suspects.size > 0 && round < ROUNDS; round++) {
        await delay(settleMs);
        const pairs = [...suspects.values()];
        suspects = new Map();
        const confirmed: PairDifference[] = [];
        for (let i = 0; i < pairs.length; i += CHUNK) {
          const chunk = pairs.slice(i, i + CHUNK);
          const factsOf = await reader.facts(chunk);
          for (const { fingerprints, ...pair } of chunk) {
            const facts = factsOf.get(pairId(pair));
            const differences = facts ? found(pair, facts, isRelevant) : [];
            confirmed.push(...differences.filter(({ fingerprint }) => fingerprints.includes(fingerprint)));
            suspect(
              pair,
              differences.filter(({ fingerprint }) => !fingerprints.includes(fingerprint)),
            );
          }
        }
        if (confirmed.length > 0) await onDifferences(confirmed);
      }
      inMotion += suspects.size;
      suspects = new Map();
    },
    inMotion: () => inMotion,
  };
}
