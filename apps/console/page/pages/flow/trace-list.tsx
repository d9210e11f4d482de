import type { TracePage, TraceStatus, TraceSummary } from '../../../server/protocol.ts';
import { request } from '../../api.ts';
import { address, addressOf, linkTo, setParameters } from '../../parts/address.ts';
import { ErrorNotice, Select } from '../../parts/controls.tsx';
import { capitalized, counted, duration, timeOfDay } from '../../parts/format.ts';
import { running, runningServices } from '../../parts/running.ts';
import { accentOf, keys } from '../../parts/topology.ts';
import { useRead } from '../../query.ts';
import { shortId } from './event-list.tsx';

/** Interval at which the newest traces are read, in milliseconds. */
const REFRESH_MS = 2_000;

/** Filters of the list; each is a parameter of the address and of the request. */
const names = ['service', 'status', 'minMs', 'product', 'cart', 'type', 'hasEvents', 'before'] as const;

/** Texts of the outcomes of a trace. */
export const statusTexts: Readonly<Record<TraceStatus, string>> = {
  ok: 'OK',
  clientError: 'Rejected',
  failed: 'Failed',
  deadLettered: 'Dead letter',
};

/** List of recent traces with its filters, which are in the address. */
export function TraceList() {
  const { parameters } = address.value;
  const query = new URLSearchParams(
    names.flatMap((name): [string, string][] => {
      const value = parameters.get(name) ?? '';
      return value === '' ? [] : [[name, value]];
    }),
  );
  // Reads alone are of less interest, and are kept for less time.
  if (!query.has('hasEvents') && !query.has('status')) query.set('hasEvents', 'true');
  if (query.get('hasEvents') === 'any') query.delete('hasEvents');
  const isFirstPage = !query.has('before');
  const { data, error, isLoading } = useRead(
    ['traces', query.toString()],
    async () => (await request<TracePage>(`/console/traces?${query}`)).body,
    { refetchInterval: isFirstPage ? REFRESH_MS : false, placeholderData: (former) => former },
  );
  return (
    <>
      <TraceFilters parameters={parameters} />
      <ErrorNotice message={data === undefined ? error?.message : undefined} />
      {isLoading && <p class="quiet">Loading …</p>}
      {data?.traces.length === 0 && <p class="quiet">No trace that is kept matches the filter.</p>}
      {data && data.traces.length > 0 && (
        <ol class="list traces" aria-label="Traces, newest first">
          {data.traces.map((trace) => (
            <TraceLink key={trace.id} trace={trace} />
          ))}
        </ol>
      )}
      <p class="row">
        {!isFirstPage && <a href={withParameters({ before: undefined })}>Newest</a>}
        {!isLoading && data?.next !== undefined && (
          <a href={withParameters({ before: String(data.next) })}>Older</a>
        )}
      </p>
    </>
  );
}

function withParameters(changes: Readonly<Record<string, string | undefined>>): string {
  const { path, parameters } = address.value;
  return linkTo('flow', path, { ...Object.fromEntries(parameters), ...changes });
}

/** Types of the events that the running services publish. */
function eventTypes(): readonly string[] {
  const { topics } = running.value;
  return [...new Set(keys(topics).flatMap((topic) => topics[topic].eventTypes))].toSorted();
}

function TraceFilters({ parameters }: { readonly parameters: URLSearchParams }) {
  const value = (name: (typeof names)[number]) => parameters.get(name) ?? '';
  const set = (name: string) => (chosen: string) =>
    setParameters({ [name]: chosen, before: undefined }, true);
  return (
    <form
      class="filters fields"
      role="search"
      aria-label="Traces"
      onSubmit={(event) => event.preventDefault()}
    >
      <Select
        label="Service"
        value={value('service')}
        options={[['', 'All'], ...runningServices.value.map((name) => [name, capitalized(name)] as const)]}
        onChoose={set('service')}
      />
      <Select
        label="Event type"
        value={value('type')}
        options={[['', 'All'], ...eventTypes().map((type) => [type, type] as const)]}
        onChoose={set('type')}
      />
      <Select
        label="Outcome"
        value={value('status')}
        options={[['', 'All'], ...Object.entries(statusTexts)]}
        onChoose={set('status')}
      />
      <Select
        label="Duration"
        value={value('minMs')}
        options={[
          ['', 'Any'],
          ['100', 'from 100 ms'],
          ['1000', 'from 1 s'],
          ['5000', 'from 5 s'],
        ]}
        onChoose={set('minMs')}
      />
      <Select
        label="With"
        value={value('hasEvents')}
        options={[
          ['', 'Events'],
          ['any', 'Events or not'],
        ]}
        onChoose={set('hasEvents')}
      />
      {(['product', 'cart'] as const).map((name) => (
        <label key={name}>
          {capitalized(name)}
          <input
            type="search"
            value={value(name)}
            placeholder="id"
            onChange={({ currentTarget }) => set(name)(currentTarget.value.trim())}
          />
        </label>
      ))}
    </form>
  );
}

function TraceLink({ trace }: { readonly trace: TraceSummary }) {
  const { id, name, startedAt, durationMs, status, services, eventTypes, productIds } = trace;
  return (
    <li class={status}>
      <a class="type" href={addressOf(`trace/${id}`)}>
        {name}
      </a>
      <time class="small number">{timeOfDay(startedAt)}</time>
      <span class="subject small">
        {services.map((service) => (
          <span key={service} class={`service ${accentOf(service)}`}>
            {capitalized(service)}
          </span>
        ))}
        {[counted(eventTypes.length, 'event type'), ...productIds.slice(0, 2).map(shortId)].join(' · ')}
      </span>
      <span class="deliveries small">
        {status !== 'ok' && <span class={status}>{statusTexts[status]}</span>}
        <strong class="number">{duration(durationMs)}</strong>
      </span>
    </li>
  );
}
