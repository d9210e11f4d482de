import { signal } from '@preact/signals';
import { onStep } from '../../live.ts';
import { running } from '../../parts/running.ts';
import { routesOf } from './route.ts';

/** Steps per arrow since the page was opened, updated every second. Steps from before, which the stream replays, do not count. */
export const counts = signal<ReadonlyMap<string, number>>(new Map());
const totals = new Map<string, number>();

onStep((step, isReplayed) => {
  if (isReplayed) return;
  // The routes of an event to several queues begin with the same arrows.
  for (const arrow of new Set(routesOf(step, running.value).flat()))
    totals.set(arrow, (totals.get(arrow) ?? 0) + 1);
});
setInterval(() => void (counts.value = new Map(totals)), 1_000);
