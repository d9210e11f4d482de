import { DomainError } from '@tandem/chassis/errors';
import type { Driver, Put, Row, StoredState } from '@tandem/storage/driver';
import { openSqlite } from '@tandem/storage/sqlite';

/** A bug that a history must reveal: it changes what a service reads, writes or is sent. */
export interface Plant {
  readonly onRead?: (row: StoredState) => StoredState | undefined;
  /** `before` finds what is stored. */
  readonly onWrite?: (
    puts: readonly Put[],
    before: (pk: string) => StoredState | undefined,
  ) => readonly Put[];
  /** Whether a write whose response is lost counts as rejected, so that it is decided again. */
  readonly decidesLostWritesAgain?: boolean;
}

/** Called with each row before it is stored. */
export type Watch = (row: Row, before: StoredState | undefined) => void;

/** A store in memory whose next response can be lost, after the write. */
export function openLossyStore(plant: Plant, watch: Watch) {
  const { driver, feed, removeExpired, close } = openSqlite(':memory:');
  let isNextLost = false;
  const lossy: Driver = {
    ...driver,
    async read(pks, options) {
      const rows = await driver.read(pks, options);
      const { onRead } = plant;
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
      const planted = plant.onWrite?.(puts, (pk) => stored.get(pk)) ?? puts;
      const outcome = await driver.write(planted);
      if (outcome !== 'written') return outcome;
      for (const { pk, row } of planted) if (row) watch(row, stored.get(pk));
      if (!isNextLost) return outcome;
      isNextLost = false;
      if (plant.decidesLostWritesAgain) return 'rejected';
      throw new DomainError('unavailable', 'response-lost', 'The response was lost.');
    },
  };
  return {
    driver: lossy,
    feed,
    removeExpired,
    close,
    loseNext: () => void (isNextLost = true),
  };
}
