import type { About, State, Step } from '../server/protocol.ts';
import { signal } from '@preact/signals';
import { request } from './api.ts';
import { createDeduplicator, delayAfter, isMissingGateway } from './connection.ts';

const MAX_STEPS = 2_000;

/** Description of the gateway that serves the page; undefined while unknown, null if there is none (static hosting). */
export const about = signal<About | null | undefined>(undefined);
/** Latest system state; undefined before the first one. */
export const state = signal<State | undefined>(undefined);
/** Recent steps, newest last. */
export const steps = signal<readonly Step[]>([]);
/** Whether the event stream is open; it is closed while the page is hidden. */
export const isLive = signal(false);
/** Whether the event stream should be open but is not. */
export const isDisconnected = signal(true);

type Listener = (step: Step) => void;
const listeners = new Set<Listener>();

/** Subscribes to steps; returns the function that unsubscribes. */
export function onStep(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/**
 * Subscribes to the event stream of the gateway, if one serves the page, while the page is visible: browsers limit
 * connections per origin, and hidden tabs would use them up.
 */
export async function connectToGateway(): Promise<void> {
  about.value = await fetchAbout();
  if (about.value === null) return;
  document.addEventListener('visibilitychange', updateStream);
  updateStream();
}

async function fetchAbout(): Promise<About | null> {
  for (let tries = 1; ; tries++) {
    try {
      const { body } = await request<About>('/console/about');
      // Static hosting may return the page itself for unknown paths.
      return body ?? null;
    } catch (error) {
      if (isMissingGateway(error)) return null;
    }
    await new Promise((resolve) => setTimeout(resolve, delayAfter(tries)));
  }
}

const isNew = createDeduplicator();
let source: EventSource | undefined;
let failures = 0;
let reconnectTimer: ReturnType<typeof setTimeout> | undefined;

/** Opens the stream while the page is visible, closes it otherwise. */
function updateStream(): void {
  clearTimeout(reconnectTimer);
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
    isDisconnected.value = false;
    isLive.value = true;
  });
  opened.addEventListener('error', () => {
    isDisconnected.value = true;
    isLive.value = false;
    // The browser reconnects by itself, except after a response that is not an event stream.
    if (opened.readyState !== EventSource.CLOSED) return;
    source = undefined;
    failures += 1;
    reconnectTimer = setTimeout(updateStream, delayAfter(failures));
  });
  opened.addEventListener('state', ({ data }) => void (state.value = JSON.parse(data as string) as State));
  opened.addEventListener('step', ({ data, lastEventId }) => {
    if (!isNew(lastEventId)) return;
    const step = JSON.parse(data as string) as Step;
    steps.value = [...steps.value.slice(1 - MAX_STEPS), step];
    for (const listener of listeners) listener(step);
  });
  return opened;
}
