import { isOutage } from './dynamodb-errors.ts';
import type { StoredItem } from './dynamodb-items.ts';
import { PARTITION_KEY } from './dynamodb-layout.ts';
import type { Reader, ReadItems } from './dynamodb-reads.ts';

/** Read that waits for the others of its turn of the event loop. */
interface PendingRead {
  readonly pks: readonly string[];
  readonly settle: (items: Promise<StoredItem[]>) => void;
}

/**
 * Joins the reads of equal consistency that begin in one turn of the event loop into one: those of the requests that arrived together,
 * and of the events of a batch. A read that is alone is not changed. One that fails, unless in an outage, or whose keys
 * were left out for want of capacity, is repeated alone, so that none fails or waits for the key of another.
 */
export function joinReads({ read, readOnce }: Reader): ReadItems {
  const pending = new Map<boolean, PendingRead[]>();

  const readTogether = (reads: readonly PendingRead[], consistent: boolean): void => {
    const [first] = reads;
    if (first && reads.length === 1) return first.settle(read(first.pks, consistent));
    const joined = readOnce([...new Set(reads.flatMap(({ pks }) => pks))], consistent).then(
      ({ items, unprocessed }) => ({
        found: new Map(items.map((item) => [item[PARTITION_KEY]?.S, item])),
        unprocessed: new Set(unprocessed),
      }),
    );
    for (const { pks, settle } of reads)
      settle(
        joined.then(
          ({ found, unprocessed }) =>
            pks.some((pk) => unprocessed.has(pk))
              ? read(pks, consistent)
              : pks.map((pk) => found.get(pk)).filter((item) => item !== undefined),
          (error: unknown) => {
            if (isOutage(error)) throw error;
            return read(pks, consistent);
          },
        ),
      );
  };

  return (pks, consistent, additionalAttribute) => {
    if (additionalAttribute !== undefined || pks.length === 0)
      return read(pks, consistent, additionalAttribute);
    const { promise, resolve: settle } = Promise.withResolvers<StoredItem[]>();
    const reads = pending.get(consistent);
    if (reads) {
      reads.push({ pks, settle });
      return promise;
    }
    const begun = [{ pks, settle }];
    pending.set(consistent, begun);
    // After all sockets that have something to read, whose requests begin further reads.
    setImmediate(() => {
      pending.delete(consistent);
      readTogether(begun, consistent);
    });
    return promise;
  };
}
