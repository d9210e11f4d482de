import type { TandemEvent } from '@tandem/contracts/events';
import { type Applied, type ApplyBatch, runInEventTrace } from './consumer.ts';
import { isUnavailable } from './retry.ts';

/**
 * Applies the members of a group together, in the trace of the first one's event. If that fails for another reason than
 * an unavailable dependency, each member is applied alone: one bad event does not cost its neighbours a receive. Resolves to
 * one outcome a member, in their order; never rejects.
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

/** Applies the events of a batch at the same time, each in its own trace; one that fails does not affect the others. */
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
