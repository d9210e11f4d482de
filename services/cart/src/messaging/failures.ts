import { type Applied, inTraceOf } from '@tandem/chassis/messaging/consumer';
import { DomainError } from '@tandem/chassis/errors';
import type { TandemEvent } from '@tandem/contracts/events';

/** The failures of one batch, by event. */
export interface Failures {
  has(event: TandemEvent): boolean;
  outcomeOf(event: TandemEvent): Applied;
  /**
   * Does the work of several members at once, in the trace of the first one's event. When it fails for another reason
   * than an unavailable store, each member is tried alone: one bad event costs its neighbours no receive.
   */
  attempt<M>(
    members: readonly M[],
    eventOf: (member: M) => TandemEvent,
    work: (members: readonly M[]) => Promise<unknown>,
  ): Promise<void>;
}

export function createFailures(): Failures {
  const errors = new Map<TandemEvent, unknown>();

  const attempt: Failures['attempt'] = async (members, eventOf, work) => {
    const [first, ...others] = members;
    if (first === undefined) return;
    try {
      await inTraceOf(eventOf(first), () => work(members));
    } catch (error) {
      if (others.length > 0 && !isUnavailable(error)) {
        for (const member of members) await attempt([member], eventOf, work);
        return;
      }
      for (const member of members) errors.set(eventOf(member), error);
    }
  };

  return {
    has: (event) => errors.has(event),
    outcomeOf: (event) =>
      errors.has(event) ? { status: 'failed', error: errors.get(event) } : { status: 'applied' },
    attempt,
  };
}

function isUnavailable(error: unknown): boolean {
  return error instanceof DomainError && error.kind === 'unavailable';
}
