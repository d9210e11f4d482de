import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import type { DeadLetterMessage } from '../../../server/protocol.ts';
import { addressOf } from '../../parts/address.ts';
import { Button } from '../../parts/controls.tsx';
import { pretty } from '../../parts/format.ts';
import { actions, discard, leftBecause, redrive } from './requests.ts';
import { historyOf } from './view.ts';

/** Dead letter: its reason and history, its body, and what can be done about it. */
export function MessageCard({ message }: { readonly message: DeadLetterMessage }) {
  const { queue, messageId, body, eventType, eventId, traceId, reason, isAcceptable } = message;
  const left = leftBecause.value[messageId];
  const isBusy = actions.isPending('redrive') || actions.isPending('discard');
  const warning = 'The message would be rejected again and return to this queue. Redrive it anyway?';
  return (
    <li class="panel message">
      <h3>{eventType ?? 'Message of unknown type'}</h3>
      <p class={isAcceptable ? 'good-ink' : 'bad-ink'}>{reason}</p>
      {left !== undefined && <p class="notice">Not redriven: {left}</p>}
      <p class="small">
        {historyOf(message)}
        <br />
        message <code>{messageId}</code>
        {eventId !== undefined && (
          <>
            , event <code>{eventId}</code>
          </>
        )}
      </p>
      <div class="row">
        {traceId !== undefined && <a href={addressOf(`trace/${traceId}`)}>Follow its trace</a>}
        <Button
          isQuiet
          isDisabled={isBusy}
          label={`Redrive ${messageId}`}
          onPress={() => void redrive(queue, { only: messageId })}
        >
          Redrive
        </Button>
        {!isAcceptable && (
          <Button
            isQuiet
            isDisabled={isBusy}
            label={`Redrive anyway: ${messageId}`}
            onPress={() => void (confirm(warning) && redrive(queue, { only: messageId, isForced: true }))}
          >
            Redrive anyway
          </Button>
        )}
      </div>
      <Disclosure summary="Body" isOpen={!isAcceptable}>
        <pre tabIndex={0} aria-label="Body">
          {pretty(body)}
        </pre>
      </Disclosure>
      <Disclosure summary="Edit and redrive">
        <EditForm message={message} />
      </Disclosure>
      <Disclosure summary="Discard">
        <DiscardForm what="this message" onDiscard={(why) => discard(queue, { only: messageId }, why)} />
      </Disclosure>
    </li>
  );
}

interface DisclosureProps {
  readonly summary: string;
  readonly isOpen?: boolean;
  readonly children: ComponentChildren;
}

function Disclosure({ summary, isOpen = false, children }: DisclosureProps) {
  return (
    <details open={isOpen}>
      <summary>{summary}</summary>
      {children}
    </details>
  );
}

/** Form that sends a message with another body, which has to match the schema of its type. */
function EditForm({ message: { queue, messageId, body } }: { readonly message: DeadLetterMessage }) {
  const text = useSignal(pretty(body));
  const send = (event: SubmitEvent) => {
    event.preventDefault();
    void redrive(queue, { only: messageId, body: text.value });
  };
  return (
    <form class="edit" onSubmit={send}>
      <label>
        Body of {messageId}
        <textarea
          rows={12}
          spellcheck={false}
          value={text.value}
          onInput={({ currentTarget }) => void (text.value = currentTarget.value)}
        />
      </label>
      <p class="small">
        The former body is kept in the record of redrives. A body that does not match the schema of its event
        type is rejected here.
      </p>
      <Button isDisabled={actions.isPending('redrive')}>Redrive with this body</Button>
    </form>
  );
}

interface DiscardFormProps {
  /** What is discarded: `this message`. */
  readonly what: string;
  readonly onDiscard: (why: string) => Promise<boolean>;
}

/** Form that asks for the reason of a discard. */
export function DiscardForm({ what, onDiscard }: DiscardFormProps) {
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const why = new FormData(event.currentTarget as HTMLFormElement).get('why');
    if (typeof why === 'string') void onDiscard(why.trim());
  };
  return (
    <form class="discard" onSubmit={submit}>
      <label>
        Reason why {what} can be discarded
        <input name="why" required maxLength={500} autocomplete="off" placeholder="A drill" />
      </label>
      <Button isQuiet isDisabled={actions.isPending('discard')}>
        Discard {what}
      </Button>
      <p class="small">Recorded with its body in the record of redrives, so that nothing is lost.</p>
    </form>
  );
}
