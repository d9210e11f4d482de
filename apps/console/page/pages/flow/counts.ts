import { signal } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import { onStep } from '../../live.ts';
import { routesOf } from './route.ts';

/** Steps per arrow since the page was opened, updated every second. */
export const counts = signal<ReadonlyMap<string, number>>(new Map());

const totals = new Map<string, number>();
onStep((step) => {
  for (const arrow of routesOf(step, topology).flat()) totals.set(arrow, (totals.get(arrow) ?? 0) + 1);
});
setInterval(() => void (counts.value = new Map(totals)), 1_000);
