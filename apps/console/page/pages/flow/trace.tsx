import { useComputed } from '@preact/signals';
import { steps } from '../../live.ts';
import { duration } from '../../parts/format.ts';
import { useRecent } from '../../parts/use-recent.ts';
import { isOperator } from '../../session.ts';
import { Chosen } from './chosen.tsx';
import { Payload } from './payload.tsx';
import { type Line, waterfall } from './waterfall.ts';

/** The share of the column that stays free on either side, for the marks of what took no time. */
const LEFT = 2;

/** All that was seen of a trace, in its order, through both services. */
export function Trace({ traceId }: { traceId: string }) {
  const { lines, lengthMs } = waterfall(useRecent(steps), traceId);
  const mayRead = useComputed(() => isOperator.value);
  const events = [
    ...new Map(
      lines.flatMap(({ eventId, eventType }) => (eventId === undefined ? [] : [[eventId, eventType ?? '']])),
    ),
  ];
  return (
    <Chosen title="A trace">
      <p>
        <code>{traceId}</code>
        {lines.length > 0 && `: ${duration(lengthMs)} from the first step to the last.`}
      </p>
      {lines.length === 0 ? (
        <p class="quiet">Nothing of it was seen since this page was opened.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="The steps of the trace">
          <table class="waterfall">
            <thead>
              <tr>
                <th scope="col">Step</th>
                <th scope="col">What</th>
                <th scope="col" class="number">
                  After
                </th>
                <th scope="col">When</th>
              </tr>
            </thead>
            <tbody>
              {lines.map((line, index) => (
                <Row key={index} line={line} lengthMs={lengthMs} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {mayRead.value &&
        events.map(([eventId, what]) => <Payload key={eventId} eventId={eventId} of={what} />)}
    </Chosen>
  );
}

function Row({ line, lengthMs }: { line: Line; lengthMs: number }) {
  const { kind, what, startMs, endMs } = line;
  const percent = (ms: number) => (lengthMs === 0 ? 0 : (ms / lengthMs) * (100 - 2 * LEFT));
  return (
    <tr>
      <td>{kind}</td>
      <td class="what">{what}</td>
      <td class="number">{duration(startMs)}</td>
      <td class="when" aria-hidden="true">
        <span
          class={`span ${kind}`}
          style={{ left: `${LEFT + percent(startMs)}%`, width: `${percent(endMs - startMs)}%` }}
        />
      </td>
    </tr>
  );
}
