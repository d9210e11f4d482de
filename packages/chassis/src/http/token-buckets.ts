/** Size of a bucket. */
export interface BucketSize {
  readonly unitsPerSecond: number;
  /** Units of a full bucket: the largest burst. */
  readonly capacity: number;
}

/** Contents of a bucket after a call. */
export interface BucketState {
  /** Available units; negative while a debt is being paid off. */
  readonly units: number;
  /** Seconds until the bucket has the requested units; 0 if it has them. */
  readonly waitSeconds: number;
  /** Seconds until the bucket is full. */
  readonly fullSeconds: number;
}

interface Bucket {
  readonly units: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Longest time in which a debt is paid off: no client waits longer, whatever its requests cost. */
const MAX_DEBT_SECONDS = 60;

/**
 * Token buckets by key, in memory. A bucket refills at a constant rate up to its capacity. At most `maxBuckets` are kept:
 * beyond that the one used the least recently is dropped, which then counts as full.
 */
export function createTokenBuckets({ maxBuckets }: { readonly maxBuckets: number }) {
  /** The least recently used first. */
  const buckets = new Map<string, Bucket>();

  function unitsOf(key: string, { unitsPerSecond, capacity }: BucketSize, now: number): number {
    const bucket = buckets.get(key);
    if (!bucket) return capacity;
    const elapsedSeconds = Math.max(0, now - bucket.at) / 1000;
    return Math.min(capacity, bucket.units + elapsedSeconds * unitsPerSecond);
  }

  function stateOf(units: number, { unitsPerSecond, capacity }: BucketSize, cost: number): BucketState {
    const missing = Math.max(0, Math.min(cost, capacity) - units);
    return {
      units,
      waitSeconds: missing / unitsPerSecond,
      fullSeconds: (capacity - units) / unitsPerSecond,
    };
  }

  return {
    /** The state of a bucket for a request of this cost. A cost beyond the capacity needs a full bucket. */
    peek(key: string, size: BucketSize, cost: number): BucketState {
      return stateOf(unitsOf(key, size, Date.now()), size, cost);
    },

    /** Takes units, also those that the bucket does not have: a debt, of a minute at most, is paid off first. */
    take(key: string, size: BucketSize, units: number): BucketState {
      const now = Date.now();
      const debt = -size.unitsPerSecond * MAX_DEBT_SECONDS;
      const left = Math.max(debt, unitsOf(key, size, now) - units);
      buckets.delete(key);
      buckets.set(key, { units: left, at: now });
      const [leastRecent] = buckets.keys();
      if (buckets.size > maxBuckets && leastRecent !== undefined) buckets.delete(leastRecent);
      return stateOf(left, size, 0);
    },

    get size() {
      return buckets.size;
    },
  };
}

export type TokenBuckets = ReturnType<typeof createTokenBuckets>;
