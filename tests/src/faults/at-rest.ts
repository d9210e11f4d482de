import { setTimeout as delay } from 'node:timers/promises';
import { violationsOf, MAX_OVERDUE_MS, type Observed } from '../support/consistency/checker.ts';
import type { Workload } from '../support/consistency/workload.ts';
import { observe } from '../support/consistency/observe.ts';
import { RECORDER_QUEUE, type StockEventRecorder } from '../support/consistency/stock-events.ts';
import { depth, depths, describeDeadLetters } from '../support/queues.ts';

/** Time with empty queues after which the state is final. */
const QUIET_MS = 5_000;
/** Holds that expire within this time are waited for. */
const SOON_MS = 60_000;

/** State of the system at rest, and its violations of the promises. */
export interface AtRest {
  readonly observed: Observed;
  readonly violations: readonly string[];
}

/** Resolves once the system is at rest, all short holds have expired and nothing is violated, or after the deadline. */
export async function stateAtRest(
  urls: Readonly<Record<'gateway' | 'aws', string>>,
  workload: Workload,
  recorder: StockEventRecorder,
  deadlineMs: number,
): Promise<AtRest> {
  const end = performance.now() + deadlineMs;
  let movedAt = performance.now();
  for (;;) {
    await recorder.collect(urls.aws);
    const stuck = await backlogOf(urls.aws);
    const isLate = performance.now() > end;
    // Reading everything would slow down a system that is not at rest yet.
    if (stuck > 0 && !isLate) {
      movedAt = performance.now();
      await delay(250);
      continue;
    }
    const observed = await observe(urls, workload, recorder);
    const violations = violationsOf(workload.log, observed);
    const isMoving = stuck > 0 || isExpiring(observed);
    if (violations.length === 0 && !isMoving) return { observed, violations };
    if (isMoving) movedAt = performance.now();
    if (isLate || performance.now() > movedAt + QUIET_MS) {
      const deadLetters = await describeDeadLetters(urls.aws);
      return {
        observed,
        violations: [...(stuck > 0 ? [`${stuck} messages are stuck`] : []), ...violations, ...deadLetters],
      };
    }
    await delay(250);
  }
}

/** Number of messages in the queues of the services and of the recorder, including those in flight. */
async function backlogOf(endpoint: string): Promise<number> {
  const counts = [...(await depths(endpoint)), await depth(endpoint, RECORDER_QUEUE)];
  return counts.reduce((sum, messages) => sum + messages, 0);
}

/** Whether a hold is about to expire; overdue ones beyond the limit do not count. */
function isExpiring({ carts, at }: Observed): boolean {
  return carts
    .flatMap(({ items }) => items)
    .some(({ heldUntil }) => {
      const leftMs = heldUntil === undefined ? Infinity : Date.parse(heldUntil) - at;
      return leftMs < SOON_MS && leftMs > -MAX_OVERDUE_MS;
    });
}
