import type { About, State, Step } from '../server/protocol.ts';
import { signal } from '@preact/signals';
import { ask } from './api.ts';
import { createNews, delayAfter, saysNoGateway } from './connection.ts';

/** How many steps are remembered. */
const REMEMBERED = 2_000;

/** Where the page comes from; undefined until that is known, null where no local gateway serves it. */
export const about = signal<About | null | undefined>(undefined);
/** How everything is; undefined until it was told. */
export const state = signal<State | undefined>(undefined);
/** What was seen, the newest last. */
export const steps = signal<readonly Step[]>([]);
/** Whether events come in: while nobody looks at the page they do not. */
export const isLive = signal(false);
/** Whether events do not come in though they should. */
export const isCut = signal(true);

type Listener = (step: Step) => void;
const listeners = new Set<Listener>();

/** Calls `listener` with each step from now on, until the returned function is called. */
export function onStep(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Listens to the gateway that serves the page, if it tells anything, while somebody looks at the page: a browser has few
 * connections to an origin, and pages that nobody sees would hold them all.
 */
export async function listen(): Promise<void> {
  about.value = await askUntilKnown();
  if (about.value === null) return;
  document.addEventListener('visibilitychange', follow);
  follow();
}

async function askUntilKnown(): Promise<About | null> {
  for (let tries = 1; ; tries++) {
    try {
      const { body } = await ask<About>('/console/about');
      // Where files are all that there is, an unknown path may be answered with the page.
      return body ?? null;
    } catch (error) {
      if (saysNoGateway(error)) return null;
    }
    await new Promise((resolve) => setTimeout(resolve, delayAfter(tries)));
  }
}

const isNews = createNews();
let source: EventSource | undefined;
let failures = 0;
let next: ReturnType<typeof setTimeout> | undefined;

/** Holds the stream if the page is visible. */
function follow(): void {
  clearTimeout(next);
  if (document.visibilityState === 'visible') source ??= open();
  else {
    source?.close();
    source = undefined;
    isLive.value = false;
  }
}

function open(): EventSource {
  const opened = new EventSource('/console/events');
  opened.addEventListener('open', () => {
    failures = 0;
    isCut.value = false;
    isLive.value = true;
  });
  opened.addEventListener('error', () => {
    isCut.value = true;
    isLive.value = false;
    // The browser tries again by itself, but not after an answer that is no stream.
    if (opened.readyState !== EventSource.CLOSED) return;
    source = undefined;
    failures += 1;
    next = setTimeout(follow, delayAfter(failures));
  });
  opened.addEventListener('state', ({ data }) => void (state.value = JSON.parse(data as string) as State));
  opened.addEventListener('step', ({ data, lastEventId }) => {
    if (!isNews(lastEventId)) return;
    const step = JSON.parse(data as string) as Step;
    steps.value = [...steps.value.slice(1 - REMEMBERED), step];
    for (const listener of listeners) listener(step);
  });
  return opened;
}
