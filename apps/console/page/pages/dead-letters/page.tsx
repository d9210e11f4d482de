import { useComputed } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { DeadLetterPage, DeadLetterQueue } from '../../../server/protocol.ts';
import { about, state } from '../../live.ts';
import { address, goTo, setParameters } from '../../parts/address.ts';
import { ErrorNotice, Requirements, Select, Table } from '../../parts/controls.tsx';
import { counted, integer } from '../../parts/format.ts';
import { useRead } from '../../query.ts';
import { isOperator, requestAsOperator } from '../../session.ts';
import './dead-letters.css';
import { Groups } from './groups.tsx';
import { MessageCard } from './message-card.tsx';
import { Poison } from './poison.tsx';
import { actions, outcome, readAgain } from './requests.ts';
import { linkToView, PAGE_SIZE, requestPathOf, viewFrom, type View } from './view.ts';

/** Dead letters page: why messages failed, and redriving, editing or discarding them. */
export default function DeadLetters() {
  const depths = useComputed(() => JSON.stringify(state.value?.deadLetters)).value;
  useEffect(() => void readAgain(), [depths]);
  const view = viewFrom(address.value);
  const isEnabled = isOperator.value && Boolean(about.value);
  const stays = { enabled: isEnabled, placeholderData: <T,>(former: T | undefined) => former };
  const queues = useRead(
    ['dead-letters', 'queues'],
    () => requestAsOperator<DeadLetterQueue[]>('/console/dead-letters'),
    stays,
  );
  const page = useRead(
    ['dead-letters', requestPathOf(view)],
    async () => ({ view, ...(await requestAsOperator<DeadLetterPage>(requestPathOf(view))) }),
    stays,
  );
  return (
    <>
      <h1>Dead letters</h1>
      <p class="lead">
        A message that cannot be handled, delivered or published is kept here. Find out why, fix the cause,
        then redrive.
      </p>
      <Requirements what="Reading and redriving dead letters" />
      <ErrorNotice
        message={actions.errorOf('redrive', 'discard') ?? page.error?.message ?? queues.error?.message}
      />
      <p role="status" class="outcome">
        {outcome.value}
      </p>
      {queues.data && <Filter view={view} queues={queues.data} page={page.data} />}
      {page.data && <Messages page={page.data} />}
      {queues.data && <Queues queues={queues.data} />}
      {about.value && <Poison />}
    </>
  );
}

interface FilterProps {
  readonly view: View;
  readonly queues: readonly DeadLetterQueue[];
  readonly page: DeadLetterPage | undefined;
}

function Filter({ view, queues, page }: FilterProps) {
  const types = [...new Set([view.type, ...(page?.groups ?? []).map(({ eventType }) => eventType)])];
  const depthOf = ({ visible, inFlight }: DeadLetterQueue) => visible + inFlight;
  const shown = queues.filter((queue) => depthOf(queue) > 0 || queue.queue === view.queue);
  if (shown.length === 0) return null;
  return (
    <form class="fields" role="search" onSubmit={(event) => event.preventDefault()}>
      <Select
        label="Queue"
        value={view.queue ?? ''}
        options={[
          ['', 'All queues'],
          ...shown.map((queue) => [queue.queue, `${queue.queue} (${depthOf(queue)})`] as const),
        ]}
        onChoose={(queue) => goTo(linkToView({ queue }))}
      />
      <Select
        label="Type"
        value={view.type ?? ''}
        options={[
          ['', 'All types'],
          ...types.flatMap((type) => (type === undefined ? [] : [[type, type] as const])),
        ]}
        onChoose={(type) => setParameters({ type, offset: undefined }, true)}
      />
      <label>
        Text, id or reason
        <input
          type="search"
          value={view.text ?? ''}
          onInput={({ currentTarget }) => setParameters({ text: currentTarget.value, offset: undefined })}
        />
      </label>
      {view.reason !== undefined && (
        <p class="small">
          Only “{view.reason}”. <a href={linkToView({ queue: view.queue })}>Show all reasons</a>
        </p>
      )}
    </form>
  );
}

/** Messages of a view; that of the address may be another one, which is still read. */
interface ViewedPage extends DeadLetterPage {
  readonly view: View;
}

function Messages({ page }: { readonly page: ViewedPage }) {
  const { view, groups, total, messages, next, isComplete } = page;
  if (total === 0)
    return (
      <p class="notice good">
        {view.queue === undefined && view.text === undefined && view.type === undefined
          ? 'There are no dead letters.'
          : 'No dead letter matches.'}
      </p>
    );
  const before = Math.max(0, view.offset - PAGE_SIZE);
  return (
    <section aria-labelledby="messages">
      <h2 id="messages">
        {counted(total, 'message')}, {counted(groups.length, 'reason')}
      </h2>
      {!isComplete && <p class="notice">There are more: only the first 5,000 of a queue are read.</p>}
      <Groups groups={groups} />
      <ol class="list messages" aria-label="Messages">
        {messages.map((message) => (
          <MessageCard key={message.messageId} message={message} />
        ))}
      </ol>
      <p class="row">
        {view.offset > 0 && <a href={linkToView({ ...view, offset: before })}>Previous messages</a>}
        <span class="small">
          {integer(view.offset + 1)} to {integer(view.offset + messages.length)} of {integer(total)}
        </span>
        {next !== undefined && <a href={linkToView({ ...view, offset: next })}>Next messages</a>}
      </p>
    </section>
  );
}

const kinds = { givenUp: 'not handled', unpublishable: 'not published' };

/** Table of the dead-letter queues; each name links to the messages of the queue. */
function Queues({ queues }: { readonly queues: readonly DeadLetterQueue[] }) {
  return (
    <details class="queues">
      <summary>All {queues.length} dead-letter queues</summary>
      <Table
        label="Dead-letter queues"
        columns={['Queue', '#Messages', 'Kind', 'Description', 'Redriven to']}
        rows={queues.map(({ queue, kind, what, destination, visible, inFlight }) => [
          <a href={linkToView({ queue })}>{queue}</a>,
          <span class={visible + inFlight > 0 ? 'bad-ink' : undefined}>{visible + inFlight}</span>,
          kinds[kind],
          what,
          <code>{destination}</code>,
        ])}
      />
    </details>
  );
}
