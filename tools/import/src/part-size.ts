const FIRST_LINES = 200;
const MIN_LINES = 10;
const MAX_LINES = 5_000;
/** Time that a part takes at best: well below the 60 s after which a load balancer gives up a request without a response. */
const SHORT_MS = 2_000;
const LONG_MS = 10_000;

/** Number of lines of the next part of an import. */
export interface PartSize {
  readonly lines: () => number;
  /** Call with the duration of each part. */
  readonly took: (ms: number) => void;
  /** Call after a part without a response. */
  readonly failed: () => void;
}

/** Creates a size that doubles after a short part and is halved after a long or failed one, so that each takes seconds. */
export function createPartSize(): PartSize {
  let lines = FIRST_LINES;
  const shrink = () => void (lines = Math.max(MIN_LINES, Math.floor(lines / 2)));
  return {
    lines: () => lines,
    took(ms) {
      if (ms < SHORT_MS) lines = Math.min(MAX_LINES, lines * 2);
      else if (ms > LONG_MS) shrink();
    },
    failed: shrink,
  };
}
