import type { State } from '../../../server/protocol.ts';
import { signal } from '@preact/signals';
import { state } from '../../live.ts';
import { remember } from './line.ts';

/** How far back the lines go. */
export const WINDOW_MS = 120_000;

/** How everything was in the last two minutes, since the room was opened first. */
export const history = signal<readonly State[]>([]);

state.subscribe((now) => {
  if (now) history.value = remember(history.peek(), now, WINDOW_MS);
});
