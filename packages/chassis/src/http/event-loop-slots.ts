/** Time budget of a turn of the event loop: the time for which it starts requests. */
const TURN_BUDGET_MS = 10;

/** Longest time for which new connections take precedence over requests. */
const MAX_ACCEPTING_MS = 30;

/**
 * Time budget of the event loop's turns. A turn accepts one connection, and reads no request while handlers run: requests
 * behind a long turn are invisible to the process, and can be neither handled nor shed.
 */
export interface EventLoopSlots {
  /** Acquires a slot of the current turn; false if its budget is used up. */
  tryAcquire(): boolean;
  /** Call for every accepted connection. */
  connectionAccepted(): void;
  /** Calls `listener` at the start of each new budget. Returns a function that unsubscribes. */
  onFree(listener: () => void): () => void;
}

export function createEventLoopSlots(now: () => number): EventLoopSlots {
  const listeners = new Set<() => void>();
  let startedAt: number | undefined;
  let acceptingSince: number | undefined;
  let hasAccepted = false;

  function endTurn(): void {
    acceptingSince ??= now();
    if (hasAccepted && now() - acceptingSince < MAX_ACCEPTING_MS) {
      hasAccepted = false;
      setImmediate(endTurn);
      return;
    }
    startedAt = undefined;
    acceptingSince = undefined;
    // Rotates the listeners: the first one could use the whole budget.
    const [first] = listeners;
    for (const listener of listeners) listener();
    if (first && listeners.delete(first)) listeners.add(first);
  }

  return {
    tryAcquire() {
      if (acceptingSince !== undefined) return false;
      if (startedAt !== undefined) return now() - startedAt < TURN_BUDGET_MS;
      startedAt = now();
      setImmediate(endTurn);
      return true;
    },
    connectionAccepted: () => void (hasAccepted = true),
    onFree(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
