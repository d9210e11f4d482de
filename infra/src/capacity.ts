import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceName } from '@tandem/contracts/topology';
import { z } from 'zod';

const file = join(import.meta.dirname, '../../tools/load/results/capacity.json');

const measured = z.object({ requestsPerMinute: z.int().min(1) });
const capacity = z.object({ product: measured, cart: measured });

/**
 * Of what a task was measured to carry, what it is given before another one is started: a new task takes a minute, and load
 * goes on growing meanwhile. A core of Fargate's is none of those that were measured on, either.
 */
export const SAFETY_SHARE = 0.7;

/** What of a core a task had that was measured, as ECS counts it. */
const MEASURED_CPU = 256;

/**
 * Requests that a task of so much CPU is given in a minute: a share of what `npm run capacity` has measured. A service is one
 * thread, so that a task carries more with more CPU up to 1024, one core, and settings allow no more.
 */
export function requestsPerTask(
  cpu: number,
  text: string = readFileSync(file, 'utf8'),
): Record<ServiceName, number> {
  const { product, cart } = capacity.parse(JSON.parse(text));
  const share = ({ requestsPerMinute }: z.output<typeof measured>) =>
    Math.max(1, Math.floor(requestsPerMinute * SAFETY_SHARE * (cpu / MEASURED_CPU)));
  return { product: share(product), cart: share(cart) };
}
