import type { Line } from '../../commerce.ts';

/** Hold of a line as text; undefined if the line has a stock notice instead. `now` is in milliseconds. */
export function holdText(line: Line, now: number): string | undefined {
  const { hold, heldUntil, availability } = line;
  if (availability === 'unavailable') return undefined;
  if (hold === 'none' && availability === 'insufficient') return undefined;
  if (hold === 'pending') return 'Waiting for the stock to be confirmed …';
  if (hold === 'none') return 'Not held: others can buy it.';
  if (heldUntil === undefined) return 'Held for you';
  const remainingMs = Date.parse(heldUntil) - now;
  return remainingMs > 0 ? `Held for you for ${remaining(remainingMs)}` : 'The hold expires now.';
}

/** Whether it makes sense to request the line's hold again. */
export function canHoldAgain({ hold, availability }: Line): boolean {
  return hold === 'none' && availability === 'available';
}

/** A remaining time: whole minutes above one, seconds below. */
function remaining(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  return seconds > 60 ? `${Math.ceil(seconds / 60)} min` : `${seconds} s`;
}
