import { useSignal } from '@preact/signals';
import { type QueueName, topology } from '@tandem/contracts/topology';
import { request } from '../../api.ts';
import { state, steps } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { keys } from '../../parts/keys.ts';
import { capitalized, timeOfDay } from '../../parts/format.ts';
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
    <section class="poisons" aria-labelledby="poison">
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

function PoisonQueue({ queue }: { queue: QueueName }) {
  const { consumer, deadLetterQueue } = topology.queues[queue];
  const sent = useSignal<Sent | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  const send = async () => {
    const depth = state.value?.deadLetters[deadLetterQueue] ?? 0;
    await request<{ eventId: string }>('/console/poison', {
      method: 'POST',
      body: { queue },
      token: operatorToken.value,
    }).then(
      ({ body: { eventId } }) => {
        problem.value = undefined;
        sent.value = { eventId, depth };
      },
      (error: Error) => void (problem.value = error.message),
    );
  };
  return (
    <div class={`sheet poison ${accentOf(consumer)}`}>
      <h3>For {capitalized(consumer)}</h3>
      <button type="button" class="quiet" disabled={!isOperator.value} onClick={() => void send()}>
        Send a poison message to {queue}
      </button>
      {problem.value !== undefined && (
        <p class="notice bad" role="alert">
          {problem.value}
        </p>
      )}
      {sent.value && <Progress key={sent.value.eventId} queue={queue} sent={sent.value} />}
    </div>
  );
}

/** Progress of the message: attempts, then arrival in the dead-letter queue. */
function Progress({ queue, sent }: { queue: QueueName; sent: Sent }) {
  const { deadLetterQueue, maxReceiveCount } = topology.queues[queue];
  const attempts = attemptsAt(queue, sent.eventId, useRecent(steps));
  const hasArrived = (state.value?.deadLetters[deadLetterQueue] ?? 0) > sent.depth;
  return (
    <>
      <ol class="attempts">
        {attempts.map(({ attempt, receivedAt, returnedAt }) => (
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
