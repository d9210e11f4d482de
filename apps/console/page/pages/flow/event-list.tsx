import { signal, useSignal } from '@preact/signals';
import type { Step } from '../../../server/protocol.ts';
import { about, steps } from '../../live.ts';
import { address, addressOf, linkTo, setParameters } from '../../parts/address.ts';
import { Button } from '../../parts/controls.tsx';
import { capitalized, duration, integer, timeOfDay } from '../../parts/format.ts';
import { running } from '../../parts/running.ts';
import { accentOf, keys } from '../../parts/topology.ts';
import { type Delivery, type EventEntry, type EventFilter, eventsOf, filterOf, matches } from './events.ts';

/** Events shown at first, and with each press of “Show more”. */
const ROWS = 25;

/** Steps when the list was paused; undefined while it is live. */
const pausedSteps = signal<readonly Step[] | undefined>(undefined);
/** Events from before are hidden, in milliseconds since the epoch. */
const clearedAt = signal(0);

/** Live list of events with its filter, which is in the address. */
export function EventList() {
  const filter = filterOf(address.value.parameters);
  const all = eventsOf(pausedSteps.value ?? steps.value, running.value).filter(
    ({ at }) => at > clearedAt.value,
  );
  const found = all.filter((event) => matches(event, filter));
  const isPaused = pausedSteps.value !== undefined;
  const rows = useSignal(ROWS);
  return (
    <>
      <Filters filter={filter} types={[...new Set(all.map(({ eventType }) => eventType))].toSorted()} />
      <div class="row tools">
        <span class="small" role="status">
          {isPaused && 'Paused · '}
          {found.length === all.length
            ? `${integer(all.length)} events`
            : `${integer(found.length)} of ${integer(all.length)} events`}
        </span>
        <Button
          isQuiet
          onPress={() => void (pausedSteps.value = isPaused ? undefined : steps.peek())}
          label={isPaused ? 'Resume the list' : 'Pause the list'}
        >
          {isPaused ? 'Resume' : 'Pause'}
        </Button>
        <Button isQuiet label="Clear the list" onPress={clear}>
          Clear
        </Button>
      </div>
      {found.length === 0 ? (
        <p class="quiet">{emptyTextOf(all.length)}</p>
      ) : (
        <ol class="list events" aria-label="Events, newest first">
          {found.slice(0, rows.value).map((event) => (
            <Event key={event.eventId} event={event} />
          ))}
        </ol>
      )}
      {found.length > rows.value && (
        <Button isQuiet onPress={() => void (rows.value += ROWS)}>
          Show more
        </Button>
      )}
    </>
  );
}

function clear(): void {
  clearedAt.value = Math.max(0, ...(pausedSteps.peek() ?? steps.peek()).map(({ at }) => at));
}

function emptyTextOf(count: number): string {
  if (about.value === null) return 'No running system is connected.';
  if (count > 0) return 'No event matches the filter.';
  return 'No events yet. Generate one, or buy something in the shop.';
}

/** Names of the filters that are set by selecting a value in the list. */
const chosen = { product: 'Product', cart: 'Cart', trace: 'Trace' } as const;

function Filters({ filter, types }: { readonly filter: EventFilter; readonly types: readonly string[] }) {
  const { type = '', text = '', hasErrors = false } = filter;
  return (
    <form class="filters" role="search" aria-label="Events" onSubmit={(event) => event.preventDefault()}>
      <label>
        <span class="hidden">Search in types and ids</span>
        <input
          type="search"
          placeholder="Search"
          value={text}
          onInput={({ currentTarget }) => setParameters({ q: currentTarget.value })}
        />
      </label>
      <label>
        <span class="hidden">Type</span>
        <select
          value={type}
          onChange={({ currentTarget }) => setParameters({ type: currentTarget.value }, true)}
        >
          <option value="">All types</option>
          {[...new Set([...types, ...(type === '' ? [] : [type])])].map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={hasErrors}
          onChange={({ currentTarget }) =>
            setParameters({ errors: currentTarget.checked ? '1' : undefined }, true)
          }
        />
        Errors only
      </label>
      {keys(chosen).map((name) => {
        const value = filter[name];
        return (
          value !== undefined && (
            <button
              key={name}
              type="button"
              class="quiet chip"
              aria-label={`Remove the filter: ${chosen[name]} ${value}`}
              onClick={() => setParameters({ [name]: undefined }, true)}
            >
              {chosen[name]}: {shortId(value)} ×
            </button>
          )
        );
      })}
    </form>
  );
}

function Event({ event }: { readonly event: EventEntry }) {
  const { eventType, at, topic, traceId, eventId, productId, cartId, isParked, deliveries, committedAt } =
    event;
  const owner = topic === undefined ? undefined : running.value.topics[topic].owner;
  return (
    <li class={owner === undefined ? '' : accentOf(owner)}>
      <a class="type" href={addressOf(`trace/${traceId ?? eventId}`)}>
        {eventType}
      </a>
      <time class="small number">{timeOfDay(at)}</time>
      <span class="meta small">
        <span class="subject">
          {productId !== undefined && <FilterLink name="product" value={productId} />}
          {cartId !== undefined && <FilterLink name="cart" value={cartId} />}
        </span>
        <span class="deliveries">
          {isParked && <span class="deadLettered">not published</span>}
          {deliveries.map((delivery) => (
            <span key={delivery.queue} class={delivery.outcome}>
              {textOf(delivery, committedAt ?? at)}
            </span>
          ))}
        </span>
      </span>
    </li>
  );
}

/** Value of an event that sets the filter. */
function FilterLink({ name, value }: { readonly name: 'product' | 'cart'; readonly value: string }) {
  const others = Object.fromEntries(address.value.parameters);
  return (
    <a href={linkTo('flow', '', { ...others, [name]: value })} title={`Only events of ${name} ${value}`}>
      <code>{shortId(value)}</code>
    </a>
  );
}

/** Outcome of a delivery, with the time since `startedAt` for one that was applied. */
function textOf({ service, outcome, at, attempt }: Delivery, startedAt: number): string {
  const texts = {
    waiting: 'waiting',
    received: '…',
    applied: `✓ ${duration(Math.max(0, at - startedAt))}`,
    failed: `attempt ${attempt} failed`,
    deadLettered: 'dead letter',
  };
  return `${capitalized(service)} ${texts[outcome]}`;
}

/** Id in a length that fits in a row. */
export function shortId(id: string): string {
  return id.length > 18 ? `${id.slice(0, 13)}…` : id;
}
