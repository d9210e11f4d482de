import type { Letter } from '../../../server/protocol.ts';
import { counted, timeOfDay } from '../../parts/format.ts';
import { pretty } from '../../parts/pretty.ts';
import { addressOf } from '../../parts/selection.ts';
import { SendNevertheless } from './send-nevertheless.tsx';

interface LetterSheetProps {
  readonly letter: Letter;
  /** Why the last redrive left it. */
  readonly left: string | undefined;
  readonly onSend: (isForced: boolean) => void;
}

/** A letter: why it lies here, what it says, and what sends it again. */
export function LetterSheet({ letter, left, onSend }: LetterSheetProps) {
  const { messageId, body, eventType, reason, isAcceptable } = letter;
  return (
    <li class="sheet letter">
      <h3>{eventType ?? 'A message of no known type'}</h3>
      <p class={isAcceptable ? 'good-ink' : 'bad-ink'}>{reason}</p>
      {left !== undefined && <p class="notice">Left: {left}</p>}
      <Facts letter={letter} />
      <details open={!isAcceptable}>
        <summary>Payload</summary>
        <pre tabIndex={0} aria-label="Payload">
          {pretty(body)}
        </pre>
      </details>
      <div class="row">
        <button type="button" class="quiet" aria-label={`Redrive ${messageId}`} onClick={() => onSend(false)}>
          Redrive
        </button>
        {!isAcceptable && (
          <SendNevertheless
            label="Send it nevertheless"
            warning="It would be refused again, and come back here."
            onSend={() => onSend(true)}
          />
        )}
      </div>
    </li>
  );
}

function Facts({
  letter: { messageId, eventId, traceId, receives, sentAt, firstReceivedAt },
}: {
  letter: Letter;
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
