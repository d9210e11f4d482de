import type { DeadLetterMessage } from '../../../server/protocol.ts';
import { Button } from '../../parts/button.tsx';
import { counted, timeOfDay } from '../../parts/format.ts';
import { pretty } from '../../parts/pretty.ts';
import { addressOf } from '../../parts/selection.ts';

interface MessageCardProps {
  readonly message: DeadLetterMessage;
  /** Reason why the last redrive left the message in the queue. */
  readonly left: string | undefined;
  readonly onRedrive: (isForced: boolean) => void;
}

/** Dead letter: reason, details, payload, and the buttons to redrive it. */
export function MessageCard({ message, left, onRedrive }: MessageCardProps) {
  const { messageId, body, eventType, eventId, traceId, reason, isAcceptable } = message;
  const { receives, sentAt, firstReceivedAt } = message;
  const redriveAnyway = () => {
    if (confirm('The message would be rejected again and return to this queue. Redrive anyway?'))
      onRedrive(true);
  };
  return (
    <li class="panel message">
      <h3>{eventType ?? 'Message of unknown type'}</h3>
      <p class={isAcceptable ? 'good-ink' : 'bad-ink'}>{reason}</p>
      {left !== undefined && <p class="notice">Not redriven: {left}</p>}
      <p class="small">
        received {counted(receives, 'time')}
        {sentAt !== undefined && ` · sent ${timeOfDay(sentAt)}`}
        {firstReceivedAt !== undefined && ` · first received ${timeOfDay(firstReceivedAt)}`}
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
      <details open={!isAcceptable}>
        <summary>Payload</summary>
        <pre tabIndex={0} aria-label="Payload">
          {pretty(body)}
        </pre>
      </details>
      <div class="row">
        <Button isQuiet label={`Redrive ${messageId}`} onPress={() => onRedrive(false)}>
          Redrive
        </Button>
        {!isAcceptable && (
          <Button isQuiet label={`Redrive anyway: ${messageId}`} onPress={redriveAnyway}>
            Redrive anyway
          </Button>
        )}
      </div>
    </li>
  );
}
