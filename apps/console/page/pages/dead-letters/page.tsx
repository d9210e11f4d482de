import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { useComputed } from '@preact/signals';
import { about, state } from '../../live.ts';
import { NeedsOperator } from '../../parts/needs-operator.tsx';
import { selected } from '../../parts/selection.ts';
import { useFetched } from '../../parts/use-fetched.ts';
import { operatorToken } from '../../session.ts';
import './dead-letters.css';
import { MessageList } from './message-list.tsx';
import { Poison } from './poison.tsx';
import { Queues } from './queues.tsx';

/** Dead letters page: inspects and redrives failed messages. */
export default function DeadLetters() {
  const depths = useComputed(() => JSON.stringify(state.value?.deadLetters)).value;
  const { body: queues, problem } = useFetched<DeadLetterQueue[]>(
    about.value ? '/console/dead-letters' : undefined,
    operatorToken.value,
    depths,
  );
  const chosen = queues?.find(({ queue }) => queue === selected.value);
  return (
    <>
      <h1>Dead letters</h1>
      <p class="lead">
        Failed messages are never dropped: messages that a consumer fails to handle, a topic fails to deliver
        or a relay fails to publish go to a dead-letter queue. Inspect the reason, fix the cause, then
        redrive.
      </p>
      {about.value === null ? (
        <p class="notice">
          This page is not connected to a running system, so there are no dead letters to show.
        </p>
      ) : (
        <NeedsOperator what="Reading and redriving dead letters" />
      )}
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {queues && <Queues queues={queues} />}
      {chosen && operatorToken.value !== undefined && (
        <MessageList
          key={chosen.queue}
          deadLetterQueue={chosen}
          token={operatorToken.value}
          version={depths}
        />
      )}
      {about.value && <Poison />}
    </>
  );
}
