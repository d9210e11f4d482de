/** For how long requests are begun in one turn of the event loop. */
const TURN_MS = 10;

/** For how long at most nothing is begun while each turn accepts a connection. */
const MAX_ACCEPTING_MS = 30;

/**
 * Divides the turns of the event loop, which accepts one connection in each and reads no request meanwhile: what waits
 * behind a long turn is unseen, and can be neither answered nor turned away.
 */
export interface EventLoopSlots {
  /** Acquires a slot of this event-loop turn; false if its time is used up. */
  take(): boolean;
  /** Call for every accepted connection. */
  accepted(): void;
  /** Calls `listener` whenever there is time again. Returns what ends that. */
  onFree(listener: () => void): () => void;
}

export function createEventLoopSlots(now: () => number): EventLoopSlots {
  const listeners = new Set<() => void>();
  let beganAt: number | undefined;
  let acceptingSince: number | undefined;
  let hasAccepted = false;

  function end(): void {
    acceptingSince ??= now();
    if (hasAccepted && now() - acceptingSince < MAX_ACCEPTING_MS) {
      hasAccepted = false;
      setImmediate(end);
      return;
    }
    beganAt = undefined;
    acceptingSince = undefined;
    // Another one is first in each turn, or the first would have all of them.
    const [first] = listeners;
    for (const listener of listeners) listener();
    if (first && listeners.delete(first)) listeners.add(first);
  }

  return {
    take() {
      if (acceptingSince !== undefined) return false;
      if (beganAt !== undefined) return now() - beganAt < TURN_MS;
      beganAt = now();
      setImmediate(end);
      return true;
    },
    accepted: () => void (hasAccepted = true),
    onFree(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
