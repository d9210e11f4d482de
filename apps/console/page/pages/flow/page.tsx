import { useEffect, useMemo } from 'preact/hooks';
import { createActionState } from '../../actions.ts';
import { about, loadEarlierSteps, state } from '../../live.ts';
import { addressOf, goTo } from '../../parts/address.ts';
import { Button, ErrorNotice, Table, NotConnected } from '../../parts/controls.tsx';
import { useSignal } from '@preact/signals';
import { running } from '../../parts/running.ts';
import { counts } from './counts.ts';
import { Drawer } from './drawer.tsx';
import { factsOf, textOf } from './facts.ts';
import './flow.css';
import './drawer.css';
import './node.css';
import './picture.css';
import './rows.css';
import { generateEvent } from './generate.ts';
import { Metrics } from './metrics-view.tsx';
import { nameOf, picture } from './names.ts';
import { Legend } from './outline.tsx';
import { Picture } from './picture.tsx';
import { eventsPerSecond } from './samples.ts';

/** Flow page: a live picture of the system, and beside it its events, traces, and what is selected. */
export default function Flow() {
  const isOpen = state.value !== undefined;
  useEffect(() => {
    // Without them, the list begins with what the stream has sent.
    if (isOpen) void loadEarlierSteps().catch(() => undefined);
  }, [isOpen]);
  return (
    <>
      <header>
        <h1>Flow</h1>
        <GenerateEvent />
        <Legend />
      </header>
      {about.value === null && <NotConnected />}
      <a class="skip-picture" href="#flow-drawer" onClick={skipPicture}>
        Skip the picture
      </a>
      <div class="stage">
        <Picture />
        <Drawer />
        <Metrics />
      </div>
      <FactsTable />
    </>
  );
}

function skipPicture(event: Event) {
  event.preventDefault();
  document.querySelector<HTMLElement>('#flow-drawer')?.focus();
}

/** The lead, and a button that adds a product to a guest's cart, which publishes an event, and opens the trace of it. */
function GenerateEvent() {
  const result = useSignal('');
  const actions = useMemo(createActionState, []);
  const generate = () =>
    actions.run('generate', async () => {
      const { productName, traceId } = await generateEvent();
      result.value = `A guest added one ${productName} to a cart, and puts it back in some seconds.`;
      goTo(addressOf(`trace/${traceId}`));
    });
  return (
    <>
      <p class="lead" role="status">
        {result.value || 'Services that only talk by events. Generate one, and follow it.'}
      </p>
      {about.value !== null && (
        <Button isDisabled={actions.isPending('generate')} onPress={() => void generate()}>
          Generate an event
        </Button>
      )}
      <ErrorNotice message={actions.errorOf('generate')} />
    </>
  );
}

/** Content of the picture as tables. */
function FactsTable() {
  const isOpen = useSignal(false);
  return (
    <details onToggle={({ currentTarget }) => void (isOpen.value = currentTarget.open)}>
      <summary>Show as tables</summary>
      {isOpen.value && <Tables />}
    </details>
  );
}

function Tables() {
  const link = (id: string) => <a href={addressOf(id)}>{nameOf(id)}</a>;
  return (
    <>
      <Table
        label="Parts"
        columns={['Part', 'Now']}
        rows={picture.value.nodes.map((node) => [
          link(node.id),
          textOf(factsOf(node, state.value, running.value, eventsPerSecond)),
        ])}
      />
      <Table
        label="Arrows"
        columns={['Arrow', '#Since this page was opened']}
        rows={picture.value.arrows.map(({ id }) => [link(id), counts.value.get(id) ?? 0])}
      />
    </>
  );
}
