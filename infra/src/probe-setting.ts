import { z } from 'zod';
import { count } from './settings-parts.ts';

/** Interval of the scheduled probe, or false. Alarms evaluate three intervals. */
export const probe = z
  .union([z.strictObject({ everyMinutes: count(5, 60).default(5) }), z.literal(false)])
  .prefault({})
  .describe(
    'Scheduled probe: a function that lists the catalog and opens a cart through the public URL, and writes nothing; default: every 5 minutes; false: none',
  );
