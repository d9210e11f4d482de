/** Requests without a line of their own within a minute. */
export interface Suppressed {
  readonly suppressed: number;
  /** The clients with lines of their own that sent most of them, by address. */
  readonly clients: Readonly<Record<string, number>>;
}

const WINDOW_MS = 60_000;
const LINES_PER_CLIENT = 10;
const LINES = 300;
const LISTED_CLIENTS = 10;

/**
 * Limits the log lines of rejected requests: 10 a client and 300 in all within a minute, so that a flood of requests
 * cannot become a flood of lines. `report` gets the number of the others at the end of the minute. Uses bounded memory.
 */
export function createLineLimit(report: (suppressed: Suppressed) => void) {
  const requestsByClient = new Map<string, number>();
  let lines = 0;
  let suppressed = 0;
  let timer: NodeJS.Timeout | undefined;

  function endWindow(): void {
    clearTimeout(timer);
    timer = undefined;
    if (suppressed > 0) report({ suppressed, clients: heaviest() });
    requestsByClient.clear();
    lines = 0;
    suppressed = 0;
  }

  function heaviest(): Record<string, number> {
    const byCount = [...requestsByClient].toSorted(([, a], [, b]) => b - a);
    return Object.fromEntries(
      byCount.slice(0, LISTED_CLIENTS).filter(([, count]) => count > LINES_PER_CLIENT),
    );
  }

  return {
    /** Whether a line may be written for a request of this client. */
    allows(client: string): boolean {
      timer ??= setTimeout(endWindow, WINDOW_MS).unref();
      const requests = requestsByClient.get(client) ?? 0;
      const isAllowed = lines < LINES && requests < LINES_PER_CLIENT;
      if (isAllowed) lines += 1;
      else suppressed += 1;
      // A client without a line is not remembered: there may be any number of them.
      if (isAllowed || requests > 0) requestsByClient.set(client, requests + 1);
      return isAllowed;
    },
    /** Ends the minute. */
    close: endWindow,
  };
}
