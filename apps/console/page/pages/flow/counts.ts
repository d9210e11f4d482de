import { signal } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import { onStep } from '../../live.ts';
import { routesOf } from './route.ts';

/** How many passed each arrow since the room was opened, as of the last second. */
export const counts = signal<ReadonlyMap<string, number>>(new Map());

const counting = new Map<string, number>();
onStep((step) => {
  for (const arrow of routesOf(step, topology).flat()) counting.set(arrow, (counting.get(arrow) ?? 0) + 1);
});
setInterval(() => void (counts.value = new Map(counting)), 1_000);
