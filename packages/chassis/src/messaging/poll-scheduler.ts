import { setTimeout as delay } from 'node:timers/promises';

export interface PollSchedulerOptions {
  /** Pause after a batch that was not full, in milliseconds. */
  readonly pauseMs: number;
  readonly fullBatch: number;
  /** Resolves if the dependencies of the handler respond, rejects otherwise. */
  readonly ping: () => Promise<void>;
  readonly signal: AbortSignal;
  /** Resolves after this number of milliseconds, or once the signal is aborted. */
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
const MAX_PING_MS = 5_000;

/**
 * Creates a scheduler with two functions. Circuit breaker: consumption pauses while a dependency of the handler is
 * unavailable, so that an outage does not use up the receives of messages. Batching delay: a batch that is not full is
 * followed by a pause, so that the next one is fuller, since SQS bills by the request; a full batch is followed by none.
 */
export function createPollScheduler(options: PollSchedulerOptions): PollScheduler {
  const { pauseMs, fullBatch, ping, signal, wait = (ms) => waitFor(ms, signal) } = options;
  let isOpen = false;
  let lastBatch = 0;
  let pingMs = FIRST_PING_MS;

  return {
    received: (messages) => void (lastBatch = messages),
    unavailable: () => void (isOpen = true),

    async untilNext() {
      // A store that responds to pings may still reject writes: the backoff then grows with each failed batch.
      if (!isOpen) pingMs = FIRST_PING_MS;
      while (isOpen && !signal.aborted) {
        await wait(pingMs);
        pingMs = Math.min(2 * pingMs, MAX_PING_MS);
        isOpen = await ping().then(
          () => false,
          () => true,
        );
      }
      const isPartialBatch = lastBatch > 0 && lastBatch < fullBatch;
      lastBatch = 0;
      if (isPartialBatch && pauseMs > 0) await wait(pauseMs);
    },
  };
}

function waitFor(ms: number, signal: AbortSignal): Promise<void> {
  return delay(ms, undefined, { signal }).catch(() => undefined);
}
