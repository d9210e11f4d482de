import { request } from '../../api.ts';
import { steps } from '../../live.ts';
import { duration } from '../../parts/format.ts';
import { LazyDetails } from '../../parts/lazy-details.tsx';
import { pretty } from '../../parts/pretty.ts';
import { useRecent } from '../../parts/use-recent.ts';
import { lengthOf, Waterfall } from '../../parts/waterfall.tsx';
import { isOperator, operatorToken } from '../../session.ts';
import { DetailsPanel } from './details-panel.tsx';
import { traceLines } from './trace-lines.ts';

/** Steps of a trace through the services as a waterfall, and the payloads of its events for an operator. */
export function Trace({ traceId }: { readonly traceId: string }) {
  const lines = traceLines(useRecent(steps), traceId);
  const events = new Map(lines.map(({ eventId = '', eventType = '' }) => [eventId, eventType]));
  events.delete('');
  return (
    <DetailsPanel title="Trace">
      <p>
        <code>{traceId}</code>
        {lines.length > 0 && `: ${duration(lengthOf(lines))} from first to last step.`}
      </p>
      {lines.length === 0 ? (
        <p class="quiet">No steps of this trace since page load.</p>
      ) : (
        <Waterfall label="The steps of the trace" lines={lines} />
      )}
      {isOperator.value &&
        [...events].map(([eventId, eventType]) => (
          <LazyDetails key={eventId} summary={`Payload of ${eventType}`} load={() => payloadOf(eventId)} />
        ))}
    </DetailsPanel>
  );
}

/** Payload of a published event. */
async function payloadOf(eventId: string) {
  const { body } = await request<{ body: string }>(`/console/events/${encodeURIComponent(eventId)}`, {
    token: operatorToken.value,
  });
  return <pre tabIndex={0}>{pretty(body.body)}</pre>;
}
