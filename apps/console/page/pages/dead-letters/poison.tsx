import { useSignal } from '@preact/signals';
import { type QueueName, topology } from '@tandem/contracts/topology';
import { useMemo } from 'preact/hooks';
import { createActionState } from '../../actions.ts';
import { state, steps } from '../../live.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { capitalized, timeOfDay } from '../../parts/format.ts';
import { running } from '../../parts/running.ts';
import { accentOf, keys } from '../../parts/topology.ts';
import { isOperator, requestAsOperator } from '../../session.ts';
import { attemptsAt } from './attempts.ts';

/** Sends a poison message, and shows its way to the dead-letter queue. */
export function Poison() {
  return (
    <section aria-labelledby="poison">
      <h2 id="poison">Send a poison message</h2>
      <p>
        Send a message that its consumer rejects. SQS delivers it five times, here at intervals of a second,
        then moves it to the dead-letter queue.
      </p>
      <div class="columns">
        {keys(running.value.queues).map((queue) => (
          <PoisonQueue key={queue} queue={queue} />
        ))}
      </div>
    </section>
  );
}

/** Button that sends the message, its attempts, and its arrival in the dead-letter queue. */
function PoisonQueue({ queue }: { readonly queue: QueueName }) {
  const { consumer, deadLetterQueue, maxReceiveCount } = topology.queues[queue];
  const actions = useMemo(createActionState, []);
  /** Event that was sent, and the depth of the dead-letter queue before that. */
  const sent = useSignal<{ readonly eventId: string; readonly depth: number } | undefined>(undefined);
  const depth = state.value?.deadLetters[deadLetterQueue] ?? 0;
  const send = async () => {
    const options = { method: 'POST', body: { queue } } as const;
    const { eventId } = await requestAsOperator<{ eventId: string }>('/console/poison', options);
    sent.value = { eventId, depth };
  };
  return (
    <div class={`panel accent-edge ${accentOf(consumer)}`}>
      <h3>For {capitalized(consumer)}</h3>
      <Button isQuiet isDisabled={!isOperator.value} onPress={() => void actions.run('send', send)}>
        Send a poison message to {queue}
      </Button>
      <ErrorNotice message={actions.errorOf('send')} />
      {sent.value && (
        <>
          <ol class="list">
            {attemptsAt(queue, sent.value.eventId, steps.value).map(({ attempt, receivedAt, returnedAt }) => (
              <li key={attempt}>
                <span class="number">{timeOfDay(receivedAt)}</span> attempt {attempt} of {maxReceiveCount}
                {returnedAt !== undefined && ', returned'}
              </li>
            ))}
          </ol>
          <p role="status">
            {depth <= sent.value.depth ? (
              'Waiting for the next attempt …'
            ) : (
              <>
                The message is now in <a href={`#/dead-letters/${deadLetterQueue}`}>{deadLetterQueue}</a>.
              </>
            )}
          </p>
        </>
      )}
    </div>
  );
}
