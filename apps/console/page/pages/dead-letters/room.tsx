import type { DeadLetterQueue } from '../../../server/protocol.ts';
import { useComputed } from '@preact/signals';
import { about, state } from '../../live.ts';
import { NeedsOperator } from '../../parts/needs-operator.tsx';
import { selected } from '../../parts/selection.ts';
import { useAsked } from '../../parts/use-asked.ts';
import { operatorToken } from '../../session.ts';
import './dead-letters.css';
import { Letters } from './letters.tsx';
import { Poison } from './poison.tsx';
import { Queues } from './queues.tsx';

/** What went wrong, and how to send it again. */
export default function DeadLetters() {
  const depths = useComputed(() => JSON.stringify(state.value?.deadLetters)).value;
  const { body: queues, problem } = useAsked<DeadLetterQueue[]>(
    about.value ? '/console/dead-letters' : undefined,
    operatorToken.value,
    depths,
  );
  const chosen = queues?.find(({ queue }) => queue === selected.value);
  return (
    <>
      <h1>Dead letters</h1>
      <p class="lead">
        Nothing that fails is dropped: what a consumer gives up, what a topic cannot deliver and what a relay
        cannot publish is kept in a queue of its own. Read here why, mend the cause, and send it again.
      </p>
      {about.value === null ? (
        <p class="notice">This page is not served by a running system, so nothing can have gone wrong.</p>
      ) : (
        <NeedsOperator what="Reading and sending dead letters" />
      )}
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {queues && <Queues queues={queues} />}
      {chosen && operatorToken.value !== undefined && (
        <Letters key={chosen.queue} of={chosen} token={operatorToken.value} version={depths} />
      )}
      {about.value && <Poison />}
    </>
  );
}
