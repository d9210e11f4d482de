import type { DeadLetterQueue, Letter } from '../../../server/protocol.ts';
import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { useAsked } from '../../parts/use-asked.ts';
import { LetterSheet } from './letter-sheet.tsx';
import { redrive, type Sent } from './redrive.ts';
import { SendNevertheless } from './send-nevertheless.tsx';

interface LettersProps {
  readonly of: DeadLetterQueue;
  readonly token: string;
  /** Changes when there may be others. */
  readonly version: unknown;
}

/** The letters of a queue, and what sends them again, one or all. */
export function Letters({ of, token, version }: LettersProps) {
  const sent = useSignal<Sent | undefined>(undefined);
  const { queue, destination } = of;
  const { body: letters, problem } = useAsked<Letter[]>(
    `/console/dead-letters/${encodeURIComponent(queue)}`,
    token,
    `${String(version)} ${sent.value?.at ?? ''}`,
  );
  const isUnderWay = useRef(false);
  /** One at a time: a second click would only say that nothing was left. */
  const send = async (which: { only?: string; isForced?: boolean }) => {
    if (isUnderWay.current) return;
    isUnderWay.current = true;
    sent.value = await redrive(queue, which, token);
    isUnderWay.current = false;
  };
  const refused = letters?.filter(({ isAcceptable }) => !isAcceptable).length ?? 0;
  return (
    <section aria-labelledby="letters">
      <h2 id="letters">{queue}</h2>
      <p role="status" class={sent.value?.isProblem ? 'notice bad' : 'told'}>
        {sent.value?.says}
      </p>
      {problem !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      {letters?.length === 0 && <p class="quiet">Nothing lies here, as it should be.</p>}
      {letters && letters.length > 0 && (
        <div class="row">
          <button type="button" onClick={() => void send({})}>
            Redrive all
          </button>
          {refused > 0 && (
            <SendNevertheless
              label="Send all nevertheless"
              warning={`${refused} of them would be refused again, and come back here.`}
              onSend={() => void send({ isForced: true })}
            />
          )}
          <span class="quiet">
            to <code>{destination}</code>
          </span>
        </div>
      )}
      <ol class="letters">
        {letters?.map((letter) => (
          <LetterSheet
            key={letter.messageId}
            letter={letter}
            left={sent.value?.reasons[letter.messageId]}
            onSend={(isForced) => void send({ only: letter.messageId, isForced })}
          />
        ))}
      </ol>
    </section>
  );
}
