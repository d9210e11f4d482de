import { about } from '../../live.ts';
import { FactsTable } from './facts-table.tsx';
import './flow.css';
import { Legend } from './legend.tsx';
import { MakeSomethingHappen } from './make-something-happen.tsx';
import { Passed } from './passed.tsx';
import { Picture } from './picture.tsx';
import { selected } from '../../parts/selection.ts';
import { Trace } from './trace.tsx';

/** The system as a picture, with the events that travel through it. */
export default function Flow() {
  return (
    <>
      <h1>Flow</h1>
      <p class="lead">
        Two services that never call each other: what one commits, its relay tells as an event, and the other
        hears it from a queue. Watch events travel, and choose a part, an arrow or an event to see what passed
        there.
      </p>
      {about.value === null ? (
        <p class="notice">
          This page is not served by a running system, so the picture has no numbers and stands still.
        </p>
      ) : (
        <MakeSomethingHappen />
      )}
      <Picture />
      <Legend />
      <Chosen />
      <FactsTable />
    </>
  );
}

function Chosen() {
  const id = selected.value;
  if (id === '') return null;
  const traceId = /^trace\/(.+)$/.exec(id)?.[1];
  return traceId === undefined ? <Passed key={id} id={id} /> : <Trace key={id} traceId={traceId} />;
}
