import type { About, State, Step } from '@tandem/local/console/protocol';
import { signal } from '@preact/signals';
import { ask } from './api.ts';

/** How many steps are remembered. */
const REMEMBERED = 2_000;

/** Where the page comes from; undefined until that is known, null where no local gateway serves it. */
export const about = signal<About | null | undefined>(undefined);
/** How everything is; undefined until it was told. */
export const state = signal<State | undefined>(undefined);
/** What was seen, the newest last. */
export const steps = signal<readonly Step[]>([]);
/** Whether events come in. */
export const isLive = signal(false);

type Listener = (step: Step) => void;
const listeners = new Set<Listener>();

/** Calls `listener` with each step from now on, until the returned function is called. */
export function onStep(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Listens to the gateway that serves the page, if it tells anything; the browser connects again by itself. */
export async function listen(): Promise<void> {
  about.value = await ask<About>('/console/about').then(
    // Where files are all that there is, an unknown path may be answered with the page.
    ({ body }) => body ?? null,
    () => null,
  );
  if (about.value === null) return;
  const source = new EventSource('/console/events');
  source.addEventListener('open', () => void (isLive.value = true));
  source.addEventListener('error', () => void (isLive.value = false));
  source.addEventListener('state', ({ data }) => void (state.value = JSON.parse(data as string) as State));
  source.addEventListener('step', ({ data }) => {
    const step = JSON.parse(data as string) as Step;
    steps.value = [...steps.value.slice(1 - REMEMBERED), step];
    for (const listener of listeners) listener(step);
  });
}
