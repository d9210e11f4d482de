import { DomainError } from '@tandem/chassis/errors';
import type { Driver, Put, Row, StoredState } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';

/** Planted bug that a history must reveal: it changes what a service reads or writes. */
export interface PlantedBug {
  readonly onRead?: (row: StoredState) => StoredState | undefined;
  /** `before` returns the stored state. */
  readonly onWrite?: (
    puts: readonly Put[],
    before: (pk: string) => StoredState | undefined,
  ) => readonly Put[];
  /** Whether a write whose response is lost counts as a conflict, so that it is decided again. */
  readonly decidesLostWritesAgain?: boolean;
}

/** Called with each row before it is stored. */
export type Watch = (row: Row, before: StoredState | undefined) => void;

/** Opens a store in memory that can lose the response of its next write. */
export function openLossyStore(bug: PlantedBug, watch: Watch) {
  const { driver, feed, removeExpired, close } = openSqlite(':memory:');
  let isNextLost = false;
  const lossy: Driver = {
    ...driver,
    async read(pks, options) {
      const rows = await driver.read(pks, options);
      const { onRead } = bug;
      return onRead ? rows.flatMap((row) => onRead(row) ?? []) : rows;
    },
    async write(puts) {
      const stored = new Map(
        (
          await driver.read(
            puts.map(({ pk }) => pk),
            { consistent: true },
          )
        ).map((row) => [row.pk, row]),
      );
      const changedPuts = bug.onWrite?.(puts, (pk) => stored.get(pk)) ?? puts;
      const outcome = await driver.write(changedPuts);
      if (outcome !== 'written') return outcome;
      for (const { pk, row } of changedPuts) if (row) watch(row, stored.get(pk));
      if (!isNextLost) return outcome;
      isNextLost = false;
      if (bug.decidesLostWritesAgain) return 'rejected';
      throw new DomainError('unavailable', 'response-lost', 'The response was lost.');
    },
  };
  return {
    driver: lossy,
    feed,
    removeExpired,
    close,
    loseNextResponse: () => void (isNextLost = true),
  };
}
