/** What one step has shown: whether a rate is carried within the targets; undefined where it says nothing of that. */
export type Attempt<R> = (
  perMinute: number,
) => Promise<{ readonly carried: boolean | undefined; readonly report: R }>;

export interface SearchOptions {
  readonly firstPerMinute: number;
  /** How much more the next step asks for while all is well. */
  readonly growth: number;
  /** How often the gap between the last rate that was carried and the first that was not is halved. */
  readonly halvings: number;
  /** No more is asked for: by then it is the machine that is measured. */
  readonly mostPerMinute: number;
}

/** What was carried at most, with what that step has shown; undefined where not even the first rate was. */
export interface Found<R> {
  readonly perMinute: number;
  readonly report: R;
  /** The lowest rate that was not carried; undefined where the most that was asked for was. */
  readonly failedAt: number | undefined;
}

/** A neighbour of the machine's can spoil a step: what fails once is tried again, and what says nothing twice more. */
const FAILURES = 2;
const ATTEMPTS = 3;

/** Steps the rate up until it is not carried, and then narrows that down. Rates are whole numbers. */
export async function searchCapacity<R>(
  attempt: Attempt<R>,
  { firstPerMinute, growth, halvings, mostPerMinute }: SearchOptions,
): Promise<Found<R> | undefined> {
  /** What the step has shown that carried the rate; undefined where none did. */
  const carrying = async (perMinute: number): Promise<R | undefined> => {
    for (let failures = 0, attempts = 0; failures < FAILURES && attempts < ATTEMPTS; attempts++) {
      const { carried, report } = await attempt(perMinute);
      if (carried) return report;
      if (carried === false) failures += 1;
    }
    return undefined;
  };

  let best: { readonly perMinute: number; readonly report: R } | undefined;
  let failedAt: number | undefined;
  for (let rate = firstPerMinute; ; rate = Math.round(rate * growth)) {
    const perMinute = Math.min(rate, mostPerMinute);
    const report = await carrying(perMinute);
    if (report === undefined) {
      failedAt = perMinute;
      break;
    }
    best = { perMinute, report };
    if (perMinute === mostPerMinute) break;
  }
  if (best === undefined || failedAt === undefined) return best && { ...best, failedAt };
  for (let i = 0; i < halvings; i++) {
    const perMinute = Math.round((best.perMinute + failedAt) / 2);
    const report = await carrying(perMinute);
    if (report === undefined) failedAt = perMinute;
    else best = { perMinute, report };
  }
  return { ...best, failedAt };
}
