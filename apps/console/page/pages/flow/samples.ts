import { signal } from '@preact/signals';
import type { State, Step } from '../../../server/protocol.ts';
import { onStep, state } from '../../live.ts';
import type { Part } from './parts.ts';

/** Number of seconds that the sparklines show. */
export const SECONDS = 60;
/** Seconds over which the rate of a topic is averaged, as the server does for requests. */
const RATE_SECONDS = 10;

/** State of a second, with the events published since the former one, by topic. */
interface Sample {
  readonly state: State;
  readonly published: ReadonlyMap<string, number>;
}

/** The last minute, from the first visit of the page on; newest last. */
const samples = signal<readonly Sample[]>([]);
let published = new Map<string, number>();

onStep((step: Step, isReplayed) => {
  if (step.kind === 'published' && !isReplayed)
    published.set(step.topic, (published.get(step.topic) ?? 0) + 1);
});
state.subscribe((now) => {
  if (!now) return;
  samples.value = [...samples.peek(), { state: now, published }].slice(-SECONDS);
  published = new Map();
});

/** Events published to a topic a second, as the average of the last ten seconds. */
export function eventsPerSecond(topic: string): number {
  const recent = samples.value.slice(-RATE_SECONDS);
  return recent.reduce((sum, { published }) => sum + (published.get(topic) ?? 0), 0) / RATE_SECONDS;
}

/** Values of the last minute for the sparkline of a part, a value a second; empty where there are none. */
export function seriesOf(part: Part): readonly number[] {
  switch (part.kind) {
    case 'service':
      return samples.value.map(({ state }) => state.services[part.name].requestsPerSecond);
    case 'table':
      return samples.value
        .slice(1)
        .map(({ state }, index) => writesOf(state, part) - writesOf(samples.value[index]?.state, part));
    case 'queue':
      return samples.value.map(({ state }) => state.queues[part.name].visible);
    case 'relay':
      return samples.value.map(({ state }) => state.relays[part.service]?.oldestMs ?? 0);
    case 'topic':
      return samples.value.map(({ published }) => published.get(part.name) ?? 0);
    default:
      return [];
  }
}

function writesOf(state: State | undefined, { name }: Part & { kind: 'table' }): number {
  return state?.tables[name]?.writes ?? 0;
}
