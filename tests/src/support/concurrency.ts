/** Runs work `count` times concurrently; resolves to the results in the order of their positions. */
export async function concurrently<T>(count: number, work: (position: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, async (_, position) => work(position)));
}

/** Runs work for each item, for at most `limit` items at a time; resolves to the results in the order of the items. */
export async function mapWithLimit<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  await concurrently(limit, async () => {
    for (const [position, item] of queue) results[position] = await work(item);
  });
  return results;
}

/** Repeats work, at least once, until a promise settles; resolves to the results. */
export async function repeatUntilSettled<T>(
  promise: Promise<unknown>,
  work: (count: number) => Promise<T>,
): Promise<readonly T[]> {
  const state = { isSettled: false };
  const end = () => void (state.isSettled = true);
  promise.then(end, end);
  const results: T[] = [];
  do results.push(await work(results.length));
  while (!state.isSettled);
  return results;
}
