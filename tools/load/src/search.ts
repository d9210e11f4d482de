/** Runs one step. `carried`: whether the targets are met at this rate; undefined if the run is invalid. */
export type Attempt<R> = (
  perMinute: number,
) => Promise<{ readonly carried: boolean | undefined; readonly report: R }>;

export interface SearchOptions {
  readonly firstPerMinute: number;
  /** Factor from one passed rate to the next. */
  readonly growth: number;
  /** Number of bisections between the last passed rate and the first failed one. */
  readonly halvings: number;
  /** Upper limit of the search, beyond which the machine itself is the limit. */
  readonly mostPerMinute: number;
}

/** Other load on the machine can spoil a step: a failed step is retried once, an invalid one twice. */
const FAILURES = 2;
const ATTEMPTS = 3;

/**
 * Raises the rate until it fails, then bisects. Resolves to the highest passed rate with the report of its step, and to the
 * lowest failed one, undefined if the upper limit passed. Rates are integers. Undefined if the first rate fails.
 */
export async function searchCapacity<R>(
  attempt: Attempt<R>,
  { firstPerMinute, growth, halvings, mostPerMinute }: SearchOptions,
) {
  /** Report of the passed attempt at a rate; undefined if none passed. */
  const passedReport = async (perMinute: number): Promise<R | undefined> => {
    for (let failures = 0, attempts = 0; failures < FAILURES && attempts < ATTEMPTS; attempts++) {
      const { carried, report } = await attempt(perMinute);
      if (carried) return report;
      if (carried === false) failures += 1;
    }
    return undefined;
  };

  let best: { readonly perMinute: number; readonly report: R } | undefined;
  let failedAt: number | undefined;
  let perMinute = firstPerMinute;
  for (let left = halvings; failedAt === undefined || left >= 0;) {
    const report = await passedReport(perMinute);
    if (report === undefined) failedAt = perMinute;
    else best = { perMinute, report };
    if (!best || best.perMinute === mostPerMinute) break;
    if (failedAt === undefined) perMinute = Math.min(Math.round(perMinute * growth), mostPerMinute);
    else {
      perMinute = Math.round((best.perMinute + failedAt) / 2);
      left -= 1;
    }
  }
  return best && { ...best, failedAt };
}
