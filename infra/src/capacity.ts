import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mapServices, type ServiceName } from '@tandem/contracts/topology';
import { z } from 'zod';

const file = join(import.meta.dirname, '../../tools/load/results/capacity.json');

const measured = z.object({ requestsPerMinute: z.int().min(1) });
const capacity = z.object(mapServices(() => measured.optional()));

/**
 * Share of the measured capacity at which another task is started: a new task takes a minute, while load keeps growing, and
 * Fargate's cores differ from those of the measurement.
 */
export const SAFETY_SHARE = 0.7;

/** CPU units of the measured task. */
const MEASURED_CPU = 256;

/**
 * Scaling target of each measured service in requests per minute for a task with `cpu` units: a share of the capacity that
 * `npm run capacity` measured. Capacity grows with CPU up to one core (1024 units, the maximum of the settings), because a
 * service is single-threaded.
 */
export function requestsPerTask(
  cpu: number,
  text: string = readFileSync(file, 'utf8'),
): Partial<Record<ServiceName, number>> {
  const targets = Object.entries(capacity.parse(JSON.parse(text))).map(([service, { requestsPerMinute }]) => [
    service,
    Math.max(1, Math.floor(requestsPerMinute * SAFETY_SHARE * (cpu / MEASURED_CPU))),
  ]);
  return Object.fromEntries(targets);
}
