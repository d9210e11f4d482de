import type { DeadLetterMessage, DeadLetterQueue, Redriven } from '../../../server/protocol.ts';
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { createActionState } from '../../action-state.ts';
import { request } from '../../api.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { counted } from '../../parts/format.ts';
import { useFetched } from '../../parts/use-fetched.ts';
import { operatorToken } from '../../session.ts';
import { MessageCard } from './message-card.tsx';

interface MessageListProps {
  readonly deadLetterQueue: DeadLetterQueue;
  /** Reloads the messages when it changes. */
  readonly version: unknown;
}

/** Messages of a dead-letter queue, with buttons to redrive one or all. */
export function MessageList({ deadLetterQueue: { queue, destination }, version }: MessageListProps) {
  const path = `/console/dead-letters/${encodeURIComponent(queue)}`;
  const actions = useMemo(createActionState, []);
  const redriven = useSignal<Redriven | undefined>(undefined);
  const redrives = useSignal(0);
  const token = operatorToken.value;
  const { body: messages, problem } = useFetched<DeadLetterMessage[]>(
    path,
    token,
    `${String(version)} ${redrives.value}`,
  );
  const redrive = (body: { readonly only?: string; readonly isForced?: boolean }) =>
    void actions.run('redrive', async () => {
      redriven.value = (await request<Redriven>(`${path}/redrive`, { method: 'POST', body, token })).body;
      redrives.value += 1;
    });
  const rejected = messages?.filter(({ isAcceptable }) => !isAcceptable).length ?? 0;
  const redriveAnyway = () => {
    const warning = `${rejected} of the messages would be rejected again and return to this queue. Redrive all anyway?`;
    if (confirm(warning)) redrive({ isForced: true });
  };
  return (
    <section aria-labelledby="messages">
      <h2 id="messages">{queue}</h2>
      <p role="status">
        {redriven.value &&
          `${counted(redriven.value.sent, 'message')} redriven, ${redriven.value.left} left.`}
      </p>
      <ErrorNotice message={actions.errorOf('redrive') ?? problem} />
      {messages?.length === 0 && <p class="quiet">This queue is empty.</p>}
      {messages && messages.length > 0 && (
        <div class="row">
          <Button onPress={() => redrive({})}>Redrive all</Button>
          {rejected > 0 && (
            <Button isQuiet onPress={redriveAnyway}>
              Redrive all anyway
            </Button>
          )}
          <span class="quiet">
            to <code>{destination}</code>
          </span>
        </div>
      )}
      <ol class="list messages">
        {messages?.map((message) => (
          <MessageCard
            key={message.messageId}
            message={message}
            left={redriven.value?.reasons[message.messageId]}
            onRedrive={(isForced) => redrive({ only: message.messageId, isForced })}
          />
        ))}
      </ol>
    </section>
  );
}
