import { signal } from '@preact/signals';
import { below } from './below.ts';

/** What the address names below a room: `#/flow/queue/x` names `queue/x`. It follows the Back button. */
export const selected = signal(read());
addEventListener('hashchange', () => void (selected.value = read()));

function read(): string {
  return below(location.hash);
}

/** The address of a part, an arrow or a trace (`trace/…`). */
export function addressOf(id: string): string {
  return `#/flow/${encodeURI(id)}`;
}
