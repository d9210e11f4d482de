import { setTimeout as delay } from 'node:timers/promises';
import type { StockEventRecorder } from '../support/consistency/stock-events.ts';

const COLLECT_INTERVAL_MS = 500;

/** Receives the recorded events periodically, so that no backlog builds up. Returns the function that stops it. */
export function collectEvents(recorder: StockEventRecorder, endpoint: string): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const collecting = (async () => {
    while (!signal.aborted) {
      // Messaging may have been killed; the queue retains the events.
      await recorder.collect(endpoint).catch(() => undefined);
      await delay(COLLECT_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await collecting;
  };
}
