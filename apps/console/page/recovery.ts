/** Listeners for the moments at which what was down answers again. */
const listeners = new Set<() => void>();
/** Time of the latest outage that a request met and that nothing has ended yet, in milliseconds since the epoch. */
let outageAt: number | undefined;

/** Pause after an outage in which a state may still be older than it, in milliseconds. */
const SETTLE_MS = 1_500;

/** Calls `listener` whenever the connection or a service has recovered; returns the function that stops it. */
export function onRecovery(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Tells all listeners that something has recovered. */
export function announceRecovery(): void {
  outageAt = undefined;
  for (const listener of listeners) listener();
}

/** Notes that a request met an outage. */
export function noteOutage(): void {
  outageAt = Date.now();
}

/** Announces the recovery from an outage that a request met, once every service is ready again: a restart may take less than a second. */
export function noteAllReady(): void {
  if (outageAt !== undefined && Date.now() - outageAt > SETTLE_MS) announceRecovery();
}
