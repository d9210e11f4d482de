import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import type { App } from './types.ts';

/** Check of one dependency of a service. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail?: string;
}

/** Checks of a service, which is ready if every check is ok. */
export type Readiness = readonly Check[];

const Ready = z
  .object({
    status: z.literal('ready'),
    checks: z.array(z.object({ name: z.string(), ok: z.boolean(), detail: z.string().optional() })),
  })
  .meta({ examples: [{ status: 'ready', checks: [{ name: 'table', ok: true }] }] });

const Alive = z.object({ status: z.literal('ok') }).meta({ examples: [{ status: 'ok' }] });

/** Timeout of the checks, after which the service counts as not ready. */
const READY_TIMEOUT_MS = 2_000;
const TIMED_OUT: Readiness = [
  { name: 'checks', ok: false, detail: `no response within ${READY_TIMEOUT_MS} ms` },
];

/** Registers `/health` (liveness) and `/ready` (readiness: all dependencies respond, and the service does not drain). */
export function registerHealth(app: App, ready: () => Promise<Readiness>): void {
  app.get(
    '/health',
    {
      schema: {
        summary: 'Liveness probe',
        response: { 200: Alive },
      },
      config: { system: true },
    },
    () => ({ status: 'ok' as const }),
  );

  app.get(
    '/ready',
    {
      schema: {
        summary: 'Readiness probe: 503 while a dependency is unavailable or the service drains',
        response: { 200: Ready },
      },
      config: { system: true, problems: [503] },
    },
    async () => {
      const readiness = Promise.race([ready(), delay(READY_TIMEOUT_MS, TIMED_OUT, { ref: false })]);
      const checks = [
        ...(await readiness.catch(failedCheck)),
        ...app.startChecks.map((check) => check()),
        { name: 'not-draining', ok: !app.draining },
      ];
      if (checks.every(({ ok }) => ok)) return { status: 'ready' as const, checks };
      throw new DomainError('unavailable', 'not-ready', 'The service is not ready. Retry after a moment.', {
        details: { checks },
      });
    },
  );
}

function failedCheck(error: unknown): Readiness {
  return [{ name: 'checks', ok: false, detail: error instanceof Error ? error.message : String(error) }];
}
