import { type TopicName, topology } from '@tandem/contracts/topology';
import { request } from '../../api.ts';
import { accentOf } from '../../parts/accent.ts';
import { capitalized } from '../../parts/format.ts';
import { keys } from '../../parts/keys.ts';
import { LazyDetails } from '../../parts/lazy-details.tsx';
import { pretty } from '../../parts/pretty.ts';
import { Table } from '../../parts/table.tsx';

/** AsyncAPI document of all events. */
const DOCUMENT = '/asyncapi.json';

/** Events of each topic with their consumers; schema and example of an event come from the AsyncAPI document. */
export function Events() {
  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <p>
        <a href={DOCUMENT}>AsyncAPI document (JSON)</a>
      </p>
      {keys(topology.topics).map((topic) => (
        <TopicEvents key={topic} topic={topic} />
      ))}
    </section>
  );
}

function TopicEvents({ topic }: { readonly topic: TopicName }) {
  const { owner, eventTypes } = topology.topics[topic];
  const consumersOf = (eventType: (typeof eventTypes)[number]) =>
    topology.subscriptions
      .filter((subscription) => subscription.topic === topic && subscription.eventTypes.includes(eventType))
      .map(({ queue }) => capitalized(topology.queues[queue].consumer));
  return (
    <div class={accentOf(owner)}>
      <h3 class="accent-ink">
        {topic}, published by {capitalized(owner)}
      </h3>
      <Table label={`Events of ${topic}`} columns={['Event', 'Consumed by']}>
        {eventTypes.map((eventType) => (
          <tr key={eventType}>
            <th scope="row">
              <LazyDetails
                summary={eventType}
                label={`Schema and example of ${eventType}`}
                load={() => messageOf(eventType)}
              />
            </th>
            <td>{[...new Set(consumersOf(eventType))].join(', ') || 'no service'}</td>
          </tr>
        ))}
      </Table>
    </div>
  );
}

/** Description, example and schema of an event. */
async function messageOf(eventType: string) {
  const { body } = await request<AsyncApi>(DOCUMENT);
  const { summary, description, payload, examples } = body.components.messages[eventType] ?? {};
  return (
    <>
      <p>{[summary, description].filter(Boolean).join(' ')}</p>
      <pre tabIndex={0} role="region" aria-label={`Example of ${eventType}`}>
        {pretty(examples?.[0]?.payload)}
      </pre>
      <pre tabIndex={0} role="region" aria-label={`Schema of ${eventType}`}>
        {pretty(payload)}
      </pre>
    </>
  );
}

/** Part of an AsyncAPI 3 document that the page shows. */
interface AsyncApi {
  readonly components: {
    readonly messages: Readonly<
      Record<
        string,
        {
          readonly summary?: string;
          readonly description?: string;
          readonly payload: unknown;
          readonly examples?: readonly { readonly payload: unknown }[];
        }
      >
    >;
  };
}
