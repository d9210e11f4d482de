import { topology, type TopicName } from '@tandem/contracts/topology';
import { useSignal } from '@preact/signals';
import { request } from '../../api.ts';
import { address, linkTo, selected, setParameters } from '../../parts/address.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { capitalized, pretty } from '../../parts/format.ts';
import { accentOf, keys } from '../../parts/topology.ts';
import { useRead } from '../../query.ts';
import { matches, textParts } from './texts.ts';

/** AsyncAPI document of all events. */
const DOCUMENT = '/asyncapi.json';

/** Part of an AsyncAPI 3 message that the page shows. */
interface Message {
  readonly summary?: string;
  readonly description?: string;
  readonly payload?: unknown;
  readonly examples?: readonly { readonly payload: unknown }[];
}

interface AsyncApi {
  readonly components: { readonly messages: Readonly<Record<string, Message>> };
}

/** Events of each topic with their consumers, examples and schemas, from the AsyncAPI document. */
export function Events() {
  const { data, error } = useRead(
    ['asyncapi'],
    async () => (await request<AsyncApi>(DOCUMENT)).body.components.messages,
  );
  const search = address.value.parameters.get('q') ?? '';
  return (
    <section aria-labelledby="events-title">
      <h2 id="events-title">Events</h2>
      <form role="search" class="row" onSubmit={(event) => event.preventDefault()}>
        <label>
          Find an event or a field
          <input
            type="search"
            value={search}
            onInput={({ currentTarget }) => setParameters({ q: currentTarget.value })}
          />
        </label>
        <a href={DOCUMENT}>AsyncAPI document (JSON)</a>
      </form>
      <ErrorNotice message={error?.message} />
      {keys(topology.topics).map((topic) => (
        <TopicEvents key={topic} topic={topic} messages={data ?? {}} search={search} />
      ))}
    </section>
  );
}

interface TopicEventsProps {
  readonly topic: TopicName;
  readonly messages: Readonly<Record<string, Message>>;
  readonly search: string;
}

function TopicEvents({ topic, messages, search }: TopicEventsProps) {
  const { owner, eventTypes } = topology.topics[topic];
  const found = eventTypes.filter((eventType) => matches([eventType, messages[eventType]], search));
  if (found.length === 0) return null;
  return (
    <div class={accentOf(owner)}>
      <h3 class="accent-ink">
        {topic}, published by {capitalized(owner)}
      </h3>
      <ul class="list events">
        {found.map((eventType) => (
          <Event
            key={eventType}
            eventType={eventType}
            consumers={consumersOf(topic, eventType)}
            message={messages[eventType]}
          />
        ))}
      </ul>
    </div>
  );
}

function consumersOf(topic: TopicName, eventType: string): string {
  const consumers = topology.subscriptions
    .filter(
      (subscription) =>
        subscription.topic === topic && (subscription.eventTypes as readonly string[]).includes(eventType),
    )
    .map(({ queue }) => capitalized(topology.queues[queue].consumer));
  return [...new Set(consumers)].join(', ') || 'no service';
}

interface EventProps {
  readonly eventType: string;
  readonly consumers: string;
  readonly message: Message | undefined;
}

/** An event: what it says, who consumes it, an example and its schema. Its address opens it. */
function Event({ eventType, consumers, message }: EventProps) {
  const isSelected = selected.value === eventType;
  const { summary = '', description = '', payload, examples } = message ?? {};
  return (
    <li>
      <details open={isSelected}>
        <summary aria-label={`Schema and example of ${eventType}`}>
          <b>{eventType}</b> <span class="small">{summary}</span>
        </summary>
        {description !== '' && (
          <p>
            <Text text={description} />
          </p>
        )}
        <p class="row small">
          <span>Consumed by: {consumers}</span>
          <a href={linkTo('docs', eventType)}>Link to this event</a>
          <a href={linkTo('flow', '', { type: eventType })}>Watch it in Flow</a>
        </p>
        <Code label={`Example of ${eventType}`} json={examples?.[0]?.payload} />
        <details>
          <summary>Schema</summary>
          <Code label={`Schema of ${eventType}`} json={payload} />
        </details>
      </details>
    </li>
  );
}

/** Text with `code`, as in Markdown. */
function Text({ text }: { readonly text: string }) {
  return (
    <>{textParts(text).map(({ isCode, value }) => (isCode ? <code key={value}>{value}</code> : value))}</>
  );
}

function Code({ label, json }: { readonly label: string; readonly json: unknown }) {
  const isCopied = useSignal(false);
  const text = pretty(json);
  const copy = () => void navigator.clipboard.writeText(text).then(() => (isCopied.value = true));
  return (
    <div class="code">
      <pre tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <Button isQuiet label={`Copy: ${label}`} onPress={copy}>
        {isCopied.value ? 'Copied' : 'Copy'}
      </Button>
    </div>
  );
}
