import type { State } from '../../../server/protocol.ts';
import { signal } from '@preact/signals';
import { state } from '../../live.ts';
import { appendSample } from './line.ts';

/** Time window of the charts. */
export const WINDOW_MS = 120_000;

/** States of the last two minutes, from the first visit of the page on. */
export const history = signal<readonly State[]>([]);

state.subscribe((now) => {
  if (now) history.value = appendSample(history.peek(), now, WINDOW_MS);
});
