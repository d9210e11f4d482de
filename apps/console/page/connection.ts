import { Problem } from './api.ts';

/** Backoff before the next attempt in milliseconds, after that many consecutive failures. */
export function delayAfter(failures: number): number {
  return Math.min(10_000, 1_000 * 2 ** (failures - 1));
}

/** Whether an error means that no gateway serves the page at all, rather than a temporary failure. */
export function isMissingGateway(error: unknown): boolean {
  if (!(error instanceof Problem)) return true;
  const { status, code } = error;
  const isProblem = code !== '';
  return status === 404 || (status > 0 && status < 500 && !isProblem);
}

/**
 * Deduplicates stream events by their ids, `epoch.number`: the server replays the last events on reconnect. The returned
 * function is true for an id that is new. Numbers only grow within an epoch.
 */
export function createDeduplicator(): (id: string) => boolean {
  let last = { epoch: '', number: 0 };
  return (id) => {
    const [epoch = '', digits] = id.split('.');
    const number = Number(digits);
    if (epoch === last.epoch && number <= last.number) return false;
    last = { epoch, number };
    return true;
  };
}
