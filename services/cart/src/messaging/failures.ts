import { applyGroup } from '@tandem/chassis/messaging/apply-group';
import type { Applied } from '@tandem/chassis/messaging/consumer';
import type { TandemEvent } from '@tandem/contracts/events';

/** The failures of one batch, by event. */
export interface Failures {
  has(event: TandemEvent): boolean;
  outcomeOf(event: TandemEvent): Applied;
  /** Like `applyGroup`, and records the failures. */
  attempt<M>(
    members: readonly M[],
    eventOf: (member: M) => TandemEvent,
    work: (members: readonly M[]) => Promise<unknown>,
  ): Promise<void>;
}

export function createFailures(): Failures {
  const errors = new Map<TandemEvent, unknown>();

  const attempt: Failures['attempt'] = async (members, eventOf, work) => {
    const outcomes = await applyGroup(members, eventOf, work);
    members.forEach((member, i) => {
      const outcome = outcomes[i];
      if (outcome?.status === 'failed') errors.set(eventOf(member), outcome.error);
    });
  };

  return {
    has: (event) => errors.has(event),
    outcomeOf: (event) =>
      errors.has(event) ? { status: 'failed', error: errors.get(event) } : { status: 'applied' },
    attempt,
  };
}
