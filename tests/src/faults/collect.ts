import { setTimeout as delay } from 'node:timers/promises';
import type { StockEventRecorder } from '../process/stock-events.ts';

const COLLECT_EVERY_MS = 500;

/** Receives the events now and then, so that they do not pile up; returns how to stop it. */
export function collectEvents(recorder: StockEventRecorder, endpoint: string): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const collecting = (async () => {
    while (!signal.aborted) {
      // Messaging may have been killed; what was not received is kept.
      await recorder.collect(endpoint).catch(() => undefined);
      await delay(COLLECT_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  })();
  return async () => {
    stopping.abort();
    await collecting;
  };
}
