import type { DeadLetterMessage } from '../../../server/protocol.ts';
import { counted, timeOfDay } from '../../parts/format.ts';
import { pretty } from '../../parts/pretty.ts';
import { addressOf } from '../../parts/selection.ts';
import { ConfirmedRedrive } from './confirmed-redrive.tsx';

interface MessageCardProps {
  readonly message: DeadLetterMessage;
  /** Reason why the last redrive left the message in the queue. */
  readonly left: string | undefined;
  readonly onRedrive: (isForced: boolean) => void;
}

/** Dead letter: reason, details, payload, and the buttons to redrive it. */
export function MessageCard({ message, left, onRedrive }: MessageCardProps) {
  const { messageId, body, eventType, reason, isAcceptable } = message;
  return (
    <li class="sheet letter">
      <h3>{eventType ?? 'Message of unknown type'}</h3>
      <p class={isAcceptable ? 'good-ink' : 'bad-ink'}>{reason}</p>
      {left !== undefined && <p class="notice">Not redriven: {left}</p>}
      <Facts message={message} />
      <details open={!isAcceptable}>
        <summary>Payload</summary>
        <pre tabIndex={0} aria-label="Payload">
          {pretty(body)}
        </pre>
      </details>
      <div class="row">
        <button
          type="button"
          class="quiet"
          aria-label={`Redrive ${messageId}`}
          onClick={() => onRedrive(false)}
        >
          Redrive
        </button>
        {!isAcceptable && (
          <ConfirmedRedrive
            label="Redrive anyway"
            warning="The message would be rejected again and return to this queue."
            onConfirm={() => onRedrive(true)}
          />
        )}
      </div>
    </li>
  );
}

function Facts({
  message: { messageId, eventId, traceId, receives, sentAt, firstReceivedAt },
}: {
  message: DeadLetterMessage;
}) {
  const facts = [
    `received ${counted(receives, 'time')}`,
    ...(sentAt === undefined ? [] : [`sent ${timeOfDay(sentAt)}`]),
    ...(firstReceivedAt === undefined ? [] : [`first received ${timeOfDay(firstReceivedAt)}`]),
  ];
  return (
    <p class="facts">
      {facts.join(' · ')}
      <br />
      message <code>{messageId}</code>
      {eventId !== undefined && (
        <>
          , event <code>{eventId}</code>
        </>
      )}
      {traceId !== undefined && (
        <>
          , <a href={addressOf(`trace/${traceId}`)}>its trace</a>
        </>
      )}
    </p>
  );
}
