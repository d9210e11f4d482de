import { setTimeout as delay } from 'node:timers/promises';
import { differencesOf, type PairDifference } from './difference.ts';
import type { Facts, Pair } from './facts.ts';
import { type FactsReader, pairId } from './tables.ts';

/** Whether a difference is one that the phase looks for: another one finds the others. */
export type IsRelevant = (difference: PairDifference, facts: Facts) => boolean;

export interface SuspectsDeps {
  readonly reader: FactsReader;
  /** How long nothing may change that a difference follows from. */
  readonly settleMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Pairs that differed at first sight. Events take their time: what is still the same later is a difference. */
export interface Suspects {
  readonly size: number;
  look(pair: Pair, facts: Facts, isRelevant: IsRelevant): void;
  /** Looks again once they have settled, and forgets them. Calls back with each difference, in batches. */
  verify(
    isRelevant: IsRelevant,
    onDifferences: (differences: readonly PairDifference[]) => Promise<void>,
  ): Promise<void>;
  /** How many pairs changed each time that they were looked at. */
  readonly inMotion: () => number;
}

/** Pairs that are read together. */
const CHUNK = 500;
/** How often a pair is looked at that has changed in between. */
const ROUNDS = 5;

export function createSuspects({ reader, settleMs, now }: SuspectsDeps): Suspects {
  /** By the pairs' ids, with the fingerprints of what was seen. */
  let suspects = new Map<string, Pair & { readonly seen: readonly string[] }>();
  let inMotion = 0;

  const found = (pair: Pair, facts: Facts, isRelevant: IsRelevant) =>
    differencesOf(pair, facts, now()).filter((difference) => isRelevant(difference, facts));
  const suspect = ({ productId, cartId }: Pair, differences: readonly PairDifference[]) => {
    if (differences.length === 0) return;
    const seen = differences.map(({ fingerprint }) => fingerprint);
    suspects.set(pairId({ productId, cartId }), { productId, cartId, seen });
  };

  return {
    get size() {
      return suspects.size;
    },
    look: (pair, facts, isRelevant) => suspect(pair, found(pair, facts, isRelevant)),
    async verify(isRelevant, onDifferences) {
      for (let round = 0; suspects.size > 0 && round < ROUNDS; round++) {
        await delay(settleMs);
        const pairs = [...suspects.values()];
        suspects = new Map();
        const confirmed: PairDifference[] = [];
        for (let i = 0; i < pairs.length; i += CHUNK) {
          const chunk = pairs.slice(i, i + CHUNK);
          const factsOf = await reader.facts(chunk);
          for (const { seen, ...pair } of chunk) {
            const facts = factsOf.get(pairId(pair));
            const differences = facts ? found(pair, facts, isRelevant) : [];
            confirmed.push(...differences.filter(({ fingerprint }) => seen.includes(fingerprint)));
            suspect(
              pair,
              differences.filter(({ fingerprint }) => !seen.includes(fingerprint)),
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
