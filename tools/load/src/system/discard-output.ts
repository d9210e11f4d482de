import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

/** Discards the standard output of this process (logs and metrics), which is written at the usual cost. */
export function discardOutput(): void {
  closeSync(1);
  // Opens with the lowest free file descriptor: 1.
  openSync(devNull, 'w');
}
