import { useComputed } from '@preact/signals';
import { steps } from '../../live.ts';
import { duration } from '../../parts/format.ts';
import { useRecent } from '../../parts/use-recent.ts';
import { isOperator } from '../../session.ts';
import { DetailsPanel } from './details-panel.tsx';
import { Payload } from './payload.tsx';
import { type Line, waterfall } from './waterfall.ts';

/** Margin of the time column on either side in percent, for marks without a duration. */
const MARGIN_PERCENT = 2;

/** Steps of a trace through both services, as a waterfall. */
export function Trace({ traceId }: { traceId: string }) {
  const { lines, lengthMs } = waterfall(useRecent(steps), traceId);
  const canReadPayloads = useComputed(() => isOperator.value);
  const events = [
    ...new Map(
      lines.flatMap(({ eventId, eventType }) => (eventId === undefined ? [] : [[eventId, eventType ?? '']])),
    ),
  ];
  return (
    <DetailsPanel title="Trace">
      <p>
        <code>{traceId}</code>
        {lines.length > 0 && `: ${duration(lengthMs)} from first to last step.`}
      </p>
      {lines.length === 0 ? (
        <p class="quiet">No steps of this trace since page load.</p>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="The steps of the trace">
          <table class="waterfall">
            <thead>
              <tr>
                <th scope="col">Step</th>
                <th scope="col">Description</th>
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
      {canReadPayloads.value &&
        events.map(([eventId, eventType]) => <Payload key={eventId} eventId={eventId} title={eventType} />)}
    </DetailsPanel>
  );
}

function Row({ line, lengthMs }: { line: Line; lengthMs: number }) {
  const { kind, description, startMs, endMs } = line;
  const percent = (ms: number) => (lengthMs === 0 ? 0 : (ms / lengthMs) * (100 - 2 * MARGIN_PERCENT));
  return (
    <tr>
      <td>{kind}</td>
      <td class="what">{description}</td>
      <td class="number">{duration(startMs)}</td>
      <td class="when" aria-hidden="true">
        <span
          class={`span ${kind}`}
          style={{ left: `${MARGIN_PERCENT + percent(startMs)}%`, width: `${percent(endMs - startMs)}%` }}
        />
      </td>
    </tr>
  );
}
