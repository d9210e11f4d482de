import { signal } from '@preact/signals';
import type {
  DeadLetterFilter,
  Discarded,
  DiscardBody,
  RedriveBody,
  Redriven,
} from '../../../server/protocol.ts';
import { createActionState } from '../../actions.ts';
import { counted } from '../../parts/format.ts';
import { queries } from '../../query.ts';
import { requestAsOperator } from '../../session.ts';

/** Actions: `redrive` and `discard`. */
export const actions = createActionState();
/** What the latest action did. */
export const outcome = signal<string>('');
/** Why the latest redrive left messages in their queue, by message id. */
export const leftBecause = signal<Redriven['reasons']>({});

const pathOf = (queue: string, action: 'redrive' | 'discard') =>
  `/console/dead-letters/${encodeURIComponent(queue)}/${action}`;

/** Redrives messages of a queue to where they came from. */
export function redrive(queue: string, body: RedriveBody): Promise<boolean> {
  return actions.run('redrive', async () => {
    const done = await requestAsOperator<Redriven>(pathOf(queue, 'redrive'), { method: 'POST', body });
    leftBecause.value = done.reasons;
    outcome.value = `${counted(done.sent, 'message')} redriven, ${done.left} left.`;
    await readAgain();
  });
}

/** Discards messages of a queue; they are recorded with the reason. */
export function discard(queue: string, filter: DeadLetterFilter, why: string): Promise<boolean> {
  return actions.run('discard', async () => {
    const body: DiscardBody = { why, filter };
    const done = await requestAsOperator<Discarded>(pathOf(queue, 'discard'), { method: 'POST', body });
    outcome.value = `${counted(done.discarded, 'message')} discarded and recorded${done.left > 0 ? `, ${done.left} left` : ''}.`;
    await readAgain();
  });
}

/** Reads what is shown again. */
export function readAgain(): Promise<void> {
  return queries.invalidateQueries({ queryKey: ['dead-letters'] });
}
