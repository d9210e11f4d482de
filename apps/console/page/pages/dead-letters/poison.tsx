import { useSignal } from '@preact/signals';
import { type QueueName, topology } from '@tandem/contracts/topology';
import { useMemo } from 'preact/hooks';
import { createActionState } from '../../action-state.ts';
import { request } from '../../api.ts';
import { state, steps } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { capitalized, timeOfDay } from '../../parts/format.ts';
import { keys } from '../../parts/keys.ts';
import { useRecent } from '../../parts/use-recent.ts';
import { isOperator, operatorToken } from '../../session.ts';
import { attemptsAt } from './attempts.ts';

interface Sent {
  readonly eventId: string;
  /** Depth of the dead-letter queue before sending. */
  readonly depth: number;
}

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
        {keys(topology.queues).map((queue) => (
          <PoisonQueue key={queue} queue={queue} />
        ))}
      </div>
    </section>
  );
}

function PoisonQueue({ queue }: { readonly queue: QueueName }) {
  const { consumer, deadLetterQueue } = topology.queues[queue];
  const actions = useMemo(createActionState, []);
  const sent = useSignal<Sent | undefined>(undefined);
  const depth = state.value?.deadLetters[deadLetterQueue] ?? 0;
  const send = async () => {
    const options = { method: 'POST', body: { queue }, token: operatorToken.value } as const;
    const { body } = await request<{ eventId: string }>('/console/poison', options);
    sent.value = { eventId: body.eventId, depth };
  };
  return (
    <div class={`panel accent-edge ${accentOf(consumer)}`}>
      <h3>For {capitalized(consumer)}</h3>
      <Button isQuiet isDisabled={!isOperator.value} onPress={() => void actions.run('send', send)}>
        Send a poison message to {queue}
      </Button>
      <ErrorNotice message={actions.errorOf('send')} />
      {sent.value && (
        <Progress queue={queue} eventId={sent.value.eventId} hasArrived={depth > sent.value.depth} />
      )}
    </div>
  );
}

interface ProgressProps {
  readonly queue: QueueName;
  readonly eventId: string;
  readonly hasArrived: boolean;
}

/** Progress of the message: attempts, then arrival in the dead-letter queue. */
function Progress({ queue, eventId, hasArrived }: ProgressProps) {
  const { deadLetterQueue, maxReceiveCount } = topology.queues[queue];
  return (
    <>
      <ol class="list">
        {attemptsAt(queue, eventId, useRecent(steps)).map(({ attempt, receivedAt, returnedAt }) => (
          <li key={attempt}>
            <span class="number">{timeOfDay(receivedAt)}</span> attempt {attempt} of {maxReceiveCount}
            {returnedAt !== undefined && ', returned'}
          </li>
        ))}
      </ol>
      <p role="status">
        {hasArrived ? (
          <>
            The message is now in <a href={`#/dead-letters/${deadLetterQueue}`}>{deadLetterQueue}</a>.
          </>
        ) : (
          'Waiting for the next attempt …'
        )}
      </p>
    </>
  );
}
