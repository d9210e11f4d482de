import { setTimeout as delay } from 'node:timers/promises';
import { topology } from '@tandem/contracts/topology';
import { faultsOf, MAX_OVERDUE_MS, type Observed } from '../process/checker.ts';
import type { Load } from '../process/load.ts';
import { observe } from '../process/observe.ts';
import type { StockEventRecorder } from '../process/stock-events.ts';
import { depth, describeDeadLetters } from '../support/queues.ts';

/** Nothing moves any more where the queues have been empty for so long: what is wrong then stays wrong. */
const QUIET_MS = 5_000;
/** A hold that expires so soon is waited for; a longer one stays. */
const SOON_MS = 60_000;

/** What was observed at rest, and what is wrong with it. */
export interface AtRest {
  readonly observed: Observed;
  readonly faults: readonly string[];
}

/** Resolves once nothing moves any more, every short hold has expired and nothing is wrong, or after the deadline. */
export async function faultsAtRest(
  urls: Readonly<Record<'gateway' | 'aws', string>>,
  load: Load,
  recorder: StockEventRecorder,
  deadlineMs: number,
): Promise<AtRest> {
  const end = performance.now() + deadlineMs;
  let movedAt = performance.now();
  for (;;) {
    const stuck = await backlogOf(urls.aws);
    const isLate = performance.now() > end;
    // Reading everything takes the time of those who are to come to rest.
    if (stuck > 0 && !isLate) {
      movedAt = performance.now();
      await delay(250);
      continue;
    }
    const observed = await observe(urls, load, recorder);
    const faults = faultsOf(load.log, observed);
    const isMoving = stuck > 0 || isExpiring(observed);
    if (faults.length === 0 && !isMoving) return { observed, faults };
    if (isMoving) movedAt = performance.now();
    if (isLate || performance.now() > movedAt + QUIET_MS) {
      const letters = await describeDeadLetters(urls.aws);
      return {
        observed,
        faults: [...(stuck > 0 ? [`${stuck} messages are stuck`] : []), ...faults, ...letters],
      };
    }
    await delay(250);
  }
}

/** Messages in the services' queues, whether they wait or are in hand. */
async function backlogOf(endpoint: string): Promise<number> {
  const depths = Object.keys(topology.queues).map(async (queue) => depth(endpoint, queue));
  return (await Promise.all(depths)).reduce((sum, messages) => sum + messages, 0);
}

/** Whether a hold is about to expire; one that is long overdue is no longer waited for. */
function isExpiring({ carts, at }: Observed): boolean {
  return carts
    .flatMap(({ items }) => items)
    .some(({ heldUntil }) => {
      const leftMs = heldUntil === undefined ? Infinity : Date.parse(heldUntil) - at;
      return leftMs < SOON_MS && leftMs > -MAX_OVERDUE_MS;
    });
}
