import type { TandemEvent } from '@tandem/contracts/events';
import { type Applied, type ApplyBatch, runInEventTrace } from './consumer.ts';
import { isUnavailable } from './retry.ts';

/**
 * Applies the members of a group together, in the trace of the first member's event. If that fails, unless a dependency is
 * unavailable, each member is applied alone, so that one bad event does not use up a receive of its neighbours. Resolves
 * to one outcome for each member, in their order; never rejects.
 */
export async function applyGroup<M>(
  members: readonly M[],
  eventOf: (member: M) => TandemEvent,
  apply: (members: readonly M[]) => Promise<unknown>,
): Promise<readonly Applied[]> {
  const [first] = members;
  if (first === undefined) return [];
  const outcome = await runInEventTrace(eventOf(first), () => apply(members)).then(
    (): Applied => ({ status: 'applied' }),
    (error: unknown): Applied => ({ status: 'failed', error }),
  );
  if (outcome.status === 'applied' || members.length === 1 || isUnavailable(outcome))
    return members.map(() => outcome);
  const outcomes: Applied[] = [];
  for (const member of members) outcomes.push(...(await applyGroup([member], eventOf, apply)));
  return outcomes;
}

/** Applies the events of a batch concurrently, each in its own trace; an event that fails does not affect the others. */
export function eachEvent(apply: (event: TandemEvent) => Promise<unknown>): ApplyBatch {
  return async (events) => {
    const outcomes = await Promise.all(
      events.map((event) =>
        applyGroup(
          [event],
          () => event,
          () => apply(event),
        ),
      ),
    );
    return outcomes.flat();
  };
}
