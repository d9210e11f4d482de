/** Runs work several times concurrently; resolves to the results in the order of their positions. */
export async function atOnce<T>(times: number, work: (position: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, async (_, position) => work(position)));
}

/** Repeats `work`, at least once, until `other` settles; resolves to the results. */
export async function meanwhile<T>(
  other: Promise<unknown>,
  work: (count: number) => Promise<T>,
): Promise<readonly T[]> {
  const state = { isOver: false };
  const end = () => void (state.isOver = true);
  other.then(end, end);
  const outcomes: T[] = [];
  do outcomes.push(await work(outcomes.length));
  while (!state.isOver);
  return outcomes;
}
