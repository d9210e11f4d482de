import { computed, signal } from '@preact/signals';
import type { About, Opened, State, Step, StepPage } from '../server/protocol.ts';
import { coalesce } from './actions.ts';
import { request, Problem } from './api.ts';
import { announceRecovery, noteAllReady } from './recovery.ts';
import { openStream } from './stream.ts';

const MAX_STEPS = 2_000;
/** Silence after which the connection counts as lost, in milliseconds: a state arrives every second. */
const SILENCE_MS = 3_000;

/** Description of the gateway that serves the page; undefined while unknown, null if there is none (static hosting). */
export const about = signal<About | null | undefined>(undefined);
/** Latest system state; undefined before the first one. */
export const state = signal<State | undefined>(undefined);
/** Recent steps, newest last; updated at most four times a second. */
export const steps = signal<readonly Step[]>([]);
/** Whether the event stream is open and not silent; it is closed while the page is hidden. */
export const isLive = signal(false);
/** Whether the event stream should be open but is not, or is silent. */
export const isDisconnected = signal(true);
/** Arrival of the last news, in milliseconds since the epoch; undefined before the first. */
export const lastNewsAt = signal<number | undefined>(undefined);
/** Events published a second, by the latest steps. */
export const eventsPerSecond = computed(() => {
  const at = state.value?.at ?? 0;
  const recent = steps.value.filter((step) => step.kind === 'published' && step.at > at - RATE_WINDOW_MS);
  return recent.length / (RATE_WINDOW_MS / 1_000);
});
const RATE_WINDOW_MS = 5_000;

/** Number of messages in all dead-letter queues. */
export const deadLetterCount = computed(() =>
  Object.values(state.value?.deadLetters ?? {}).reduce((sum, depth) => sum + depth, 0),
);

/** `isReplayed`: the step is from before the page was opened; the stream begins with the latest ones. */
type Listener = (step: Step, isReplayed: boolean) => void;
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
  const stream = openStream(pathOfStream, {
    silenceMs: SILENCE_MS,
    onOpen() {
      isDisconnected.value = false;
      isLive.value = true;
      announceRecovery();
    },
    onLoss: () => void ((isDisconnected.value = true), (isLive.value = false)),
    onClose: () => void (isLive.value = false),
    onNews: () => void (lastNewsAt.value = Date.now()),
    events: {
      opened: (data) => void (firstOpened ??= data as Opened),
      state: (data) => showState(data as State),
      step: (data, id) => showStep(data as Step, id),
    },
  });
  const follow = () => stream.setWanted(document.visibilityState === 'visible');
  document.addEventListener('visibilitychange', follow);
  follow();
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
    await new Promise((resolve) => setTimeout(resolve, Math.min(10_000, 500 * 2 ** tries)));
  }
}

/** Shows a state; a service that is ready again has recovered. */
function showState(next: State): void {
  const before = state.value;
  state.value = next;
  const isBack = Object.entries(next.services).some(
    ([name, { isReady }]) => isReady && before?.services[name as keyof State['services']]?.isReady === false,
  );
  if (isBack) announceRecovery();
  else if (Object.values(next.services).every(({ isReady }) => isReady)) noteAllReady();
}

const unshown: Step[] = [];
const showSteps = coalesce(
  async () => void (steps.value = [...steps.value, ...unshown.splice(0)].slice(-MAX_STEPS)),
  250,
);
const isNew = createDeduplicator();
/** Begin of the first stream of this page. */
let firstOpened: Opened | undefined;
/** Ids of the first and of the last step. */
let firstId: string | undefined;
let lastId: string | undefined;

/** Path of the stream: of all that was missed, when it is opened again. */
function pathOfStream(): string {
  return lastId === undefined ? '/console/events' : `/console/events?after=${lastId}`;
}

function showStep(step: Step, id: string): void {
  if (!isNew(id)) return;
  firstId ??= id;
  lastId = id;
  unshown.push(step);
  showSteps();
  const [epoch, number] = id.split('.');
  const isReplayed = epoch === firstOpened?.epoch && Number(number) <= (firstOpened?.number ?? 0);
  for (const listener of listeners) listener(step, isReplayed);
}

let areEarlierLoaded = false;

/** Adds the steps from before the page was opened that the server keeps, once; the stream begins with the latest ones only. */
export async function loadEarlierSteps(): Promise<void> {
  if (areEarlierLoaded || firstOpened === undefined) return;
  areEarlierLoaded = true;
  const before = Number(firstId?.split('.')[1] ?? firstOpened.number + 1);
  const path = `/console/events/recent?limit=${MAX_STEPS / 2}&before=${before}`;
  const { body } = await request<StepPage>(path);
  if (body.epoch !== firstOpened.epoch) return;
  steps.value = [...body.steps.map(({ step }) => step), ...steps.value].slice(-MAX_STEPS);
}

/** Whether an error means that no gateway serves the page at all, rather than a temporary failure. */
export function isMissingGateway(error: unknown): boolean {
  if (!(error instanceof Problem)) return true;
  const { status, code } = error;
  const isProblem = code !== '';
  return status === 404 || (status > 0 && status < 500 && !isProblem);
}

/**
 * Deduplicates stream events by their ids, `epoch.number`: the server replays the last events on reconnect. The returned
 * function is true for an id that is new. Numbers only grow within an epoch.
 */
export function createDeduplicator(): (id: string) => boolean {
  let last = { epoch: '', number: 0 };
  return (id) => {
    const [epoch = '', digits] = id.split('.');
    const number = Number(digits);
    if (epoch === last.epoch && number <= last.number) return false;
    last = { epoch, number };
    return true;
  };
}
