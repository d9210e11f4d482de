import { setTimeout as delay } from 'node:timers/promises';
import type { Check } from '../http/health.ts';
import type { Logger } from '../logger.ts';
import { createOutageLog } from '../outage-log.ts';

const FIRST_BACKOFF_MS = 100;
/** A queue that is back is noticed within this time. */
const MAX_BACKOFF_MS = 10_000;

export interface QueueConnectionOptions {
  readonly queue: string;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Ends a wait. */
  readonly signal: AbortSignal;
  /** Resolves after this number of milliseconds, or once the signal is aborted. */
  readonly wait?: (ms: number) => Promise<void>;
  /** From 0 up to 1. Default: Math.random. */
  readonly random?: () => number;
}

/** State of a consumer's connection to its queue, as the outcomes of its receives show it. */
export interface QueueConnection {
  /** Whether the last receive succeeded. */
  readonly isOpen: () => boolean;
  readonly succeeded: () => void;
  readonly failed: (error: Error) => void;
  /** Resolves when the next receive is due: at once after a successful one, with backoff and jitter after failed ones. */
  readonly untilDue: () => Promise<void>;
  /**
   * Readiness of a task that starts: ok from the first successful receive on, for ever. A task that may not receive never
   * becomes ready, while an outage of SQS makes no task unready that serves requests.
   */
  readonly check: () => Check;
}

/** Creates the state of a connection that has not been tried yet. Logs one line when it is lost, and one when it is back. */
export function createQueueConnection({
  queue,
  logger,
  signal,
  wait = (ms) => delay(ms, undefined, { signal }).catch(() => undefined),
  random = Math.random,
}: QueueConnectionOptions): QueueConnection {
  const outage = createOutageLog(logger, {
    lost: `queue not reachable: ${queue}; receiving is retried with backoff`,
    back: `queue reachable again: ${queue}`,
  });
  let failures = 0;
  let wasReached = false;
  let isOpen = false;
  let reason = 'not tried yet';

  return {
    isOpen: () => isOpen,
    succeeded() {
      wasReached = true;
      isOpen = true;
      failures = 0;
      outage.succeeded();
    },
    failed(error) {
      isOpen = false;
      failures += 1;
      reason = error.message;
      outage.failed(error, { queue });
    },
    async untilDue() {
      if (failures === 0) return;
      const backoffMs = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
      // Tasks that lost the queue at the same time do not all return at the same time.
      await wait(backoffMs * (0.5 + random() / 2));
    },
    check: () => ({
      name: queue,
      ok: wasReached,
      ...(!wasReached && { detail: `the queue has not been reached: ${reason}` }),
    }),
  };
}
