import { about } from '../../live.ts';
import { FactsTable } from './facts-table.tsx';
import './flow.css';
import { Legend } from './legend.tsx';
import { GenerateEvent } from './generate-event.tsx';
import { RecentSteps } from './recent-steps.tsx';
import { NotConnected } from '../../parts/requirements.tsx';
import { Picture } from './picture.tsx';
import { selected } from '../../parts/selection.ts';
import { Trace } from './trace.tsx';

/** Flow page: a live picture of the system and its events. */
export default function Flow() {
  return (
    <>
      <h1>Flow</h1>
      <p class="lead">
        Services that never call each other: relays publish their committed changes as events, and the others
        consume them from queues. Select a part or an arrow to see its latest steps.
      </p>
      {about.value === null ? <NotConnected /> : <GenerateEvent />}
      <Picture />
      <Legend />
      <Details />
      <FactsTable />
    </>
  );
}

function Details() {
  const id = selected.value;
  if (id === '') return null;
  const traceId = /^trace\/(.+)$/.exec(id)?.[1];
  return traceId === undefined ? <RecentSteps key={id} id={id} /> : <Trace key={id} traceId={traceId} />;
}
