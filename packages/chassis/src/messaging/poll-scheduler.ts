import { setTimeout as delay } from 'node:timers/promises';

export interface PollSchedulerOptions {
  /** Pause after a batch that was not full, in milliseconds. */
  readonly pauseMs: number;
  readonly fullBatch: number;
  /** Resolves when the dependencies of the handler respond. */
  readonly ping: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Resolves after so many milliseconds, or once the signal is aborted. */
  readonly wait?: (ms: number) => Promise<void>;
}

/** Decides when a consumer receives: a circuit breaker and a batching delay. */
export interface PollScheduler {
  /** Call after each received batch. */
  received(messages: number): void;
  /** Opens the circuit: a dependency of the handler is unavailable. */
  unavailable(): void;
  /** Resolves when it is time to receive, or once the signal is aborted. */
  untilNext(): Promise<void>;
}

const FIRST_PING_MS = 100;
const LAST_PING_MS = 5_000;

/**
 * Pauses consumption while a dependency of the handler is unavailable, so that an outage does not use up the receives of a
 * message; and waits a moment after a batch that was not full, so that the next one is fuller: receives and deletes are paid
 * for by the request. A full batch is followed by the next one at once.
 */
export function createPollScheduler(options: PollSchedulerOptions): PollScheduler {
  const { pauseMs, fullBatch, ping, signal, wait = (ms) => waitFor(ms, signal) } = options;
  let isAway = false;
  let lastBatch = 0;
  let pingMs = FIRST_PING_MS;

  return {
    received: (messages) => void (lastBatch = messages),
    unavailable: () => void (isAway = true),

    async untilNext() {
      // A store that answers pings may still refuse writes: each batch that meets it so is waited for longer.
      if (!isAway) pingMs = FIRST_PING_MS;
      while (isAway && !signal.aborted) {
        await wait(pingMs);
        pingMs = Math.min(2 * pingMs, LAST_PING_MS);
        isAway = await ping().then(
          () => false,
          () => true,
        );
      }
      const isWorthIt = lastBatch > 0 && lastBatch < fullBatch;
      lastBatch = 0;
      if (isWorthIt && pauseMs > 0) await wait(pauseMs);
    },
  };
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => undefined);
}
