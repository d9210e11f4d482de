/** Logs the outages of a dependency that is called again and again: one line when it is lost, one when it is back. */
export interface OutageLog {
  /** Call after each failed attempt. Only the first one of an outage is logged, with its error and `fields`. */
  readonly failed: (error: unknown, fields?: object) => void;
  /** Call after each successful attempt. The first one after an outage is logged, with the outage's duration in seconds. */
  readonly succeeded: () => void;
}

export interface OutageTexts {
  /** What is lost, and what follows. */
  readonly lost: string;
  readonly back: string;
}

/** Creates the log of one dependency. `now` is in milliseconds, of a monotonic clock. */
export function createOutageLog(
  log: Record<'error' | 'info', (fields: object, message: string) => void>,
  { lost, back }: OutageTexts,
  now: () => number = () => performance.now(),
): OutageLog {
  let lostAt: number | undefined;
  return {
    failed(error, fields = {}) {
      if (lostAt !== undefined) return;
      lostAt = now();
      log.error({ ...fields, err: error }, lost);
    },
    succeeded() {
      if (lostAt === undefined) return;
      log.info({ outageSeconds: Math.round((now() - lostAt) / 1_000) }, back);
      lostAt = undefined;
    },
  };
}
