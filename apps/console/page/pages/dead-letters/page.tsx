import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { useComputed } from '@preact/signals';
import { about, state } from '../../live.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { Requirements } from '../../parts/requirements.tsx';
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
  const current = queues?.find(({ queue }) => queue === selected.value);
  return (
    <>
      <h1>Dead letters</h1>
      <p class="lead">
        Failed messages are never dropped: messages that a consumer fails to handle, a topic fails to deliver
        or a relay fails to publish go to a dead-letter queue. Inspect the reason, fix the cause, then
        redrive.
      </p>
      <Requirements what="Reading and redriving dead letters" />
      <ErrorNotice message={problem} />
      {queues && <Queues queues={queues} />}
      {current && <MessageList key={current.queue} deadLetterQueue={current} version={depths} />}
      {about.value && <Poison />}
    </>
  );
}
