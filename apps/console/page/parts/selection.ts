import { signal } from '@preact/signals';
import { subpathOf } from './subpath.ts';

/** Path below the current page: `queue/x` of `#/flow/queue/x`. Follows the browser history. */
export const selected = signal(read());
addEventListener('hashchange', () => void (selected.value = read()));

function read(): string {
  return subpathOf(location.hash);
}

/** Link to a part, an arrow or a trace (`trace/…`) on the Flow page. */
export function addressOf(id: string): string {
  return `#/flow/${encodeURI(id)}`;
}
