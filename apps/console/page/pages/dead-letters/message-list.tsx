import type { DeadLetterQueue, DeadLetterMessage } from '../../../server/protocol.ts';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useFetched } from '../../parts/use-fetched.ts';
import { MessageCard } from './message-card.tsx';
import { redrive, type RedriveResult } from './redrive.ts';
import { ConfirmedRedrive } from './confirmed-redrive.tsx';

interface MessageListProps {
  readonly deadLetterQueue: DeadLetterQueue;
  readonly token: string;
  /** Reloads the messages when it changes. */
  readonly version: unknown;
}

/** Messages of a dead-letter queue, with buttons to redrive one or all. */
export function MessageList({ deadLetterQueue, token, version }: MessageListProps) {
  const sent = useSignal<RedriveResult | undefined>(undefined);
  const { queue, destination } = deadLetterQueue;
  const { body: messages, problem } = useFetched<DeadLetterMessage[]>(
    `/console/dead-letters/${encodeURIComponent(queue)}`,
    token,
    `${String(version)} ${sent.value?.at ?? ''}`,
  );
  const isPending = useRef(false);
  /** One redrive at a time: a second click would only report that nothing is left. */
  const send = async (which: { only?: string; isForced?: boolean }) => {
    if (isPending.current) return;
    isPending.current = true;
    sent.value = await redrive(queue, which, token);
    isPending.current = false;
  };
  const rejected = messages?.filter(({ isAcceptable }) => !isAcceptable).length ?? 0;
  return (
    <section aria-labelledby="letters">
      <h2 id="letters">{queue}</h2>
      <p role="status" class={sent.value?.isProblem ? 'notice bad' : 'told'}>
        {sent.value?.summary}
      </p>
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {messages?.length === 0 && <p class="quiet">This queue is empty.</p>}
      {messages && messages.length > 0 && (
        <div class="row">
          <button type="button" onClick={() => void send({})}>
            Redrive all
          </button>
          {rejected > 0 && (
            <ConfirmedRedrive
              label="Redrive all anyway"
              warning={`${rejected} of the messages would be rejected again and return to this queue.`}
              onConfirm={() => void send({ isForced: true })}
            />
          )}
          <span class="quiet">
            to <code>{destination}</code>
          </span>
        </div>
      )}
      <ol class="letters">
        {messages?.map((message) => (
          <MessageCard
            key={message.messageId}
            message={message}
            left={sent.value?.reasons[message.messageId]}
            onRedrive={(isForced) => void send({ only: message.messageId, isForced })}
          />
        ))}
      </ol>
    </section>
  );
}
