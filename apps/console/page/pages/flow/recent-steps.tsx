import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { about, state, steps } from '../../live.ts';
import { timeOfDay } from '../../parts/format.ts';
import { addressOf } from '../../parts/selection.ts';
import { Table } from '../../parts/table.tsx';
import { useRecent } from '../../parts/use-recent.ts';
import { DetailsPanel } from './details-panel.tsx';
import { factsOf } from './facts.ts';
import { nameOf } from './names.ts';
import { stepsAt } from './route.ts';
import { picture } from './system-picture.ts';

const MAX_ROWS = 25;

/** Latest steps at a part or an arrow. */
export function RecentSteps({ id }: { readonly id: string }) {
  const recent = stepsAt(id, useRecent(steps), topology, MAX_ROWS);
  const name = nameOf(id);
  const node = picture.nodes.find((node) => node.id === id);
  if (name === undefined)
    return (
      <DetailsPanel title="Not in the picture">
        <p>There is no part with the id {id}. Select one in the picture.</p>
      </DetailsPanel>
    );
  return (
    <DetailsPanel title={name}>
      {node && <p>{factsOf(node, state.value, topology).lines.join(' · ')}</p>}
      {node?.kind === 'deadLetters' && (
        <p>
          <a href={`#/${id}`}>Inspect the dead letters</a>
        </p>
      )}
      {recent.length === 0 ? (
        <p class="quiet">
          {about.value === null ? 'No running system is connected.' : 'No steps since page load.'}
        </p>
      ) : (
        <Table
          label="Latest steps, newest first"
          columns={['Time', 'Step', 'Type', 'Product', 'Cart', 'Trace']}
        >
          {recent.map((step, index) => (
            <Row key={`${step.at} ${index}`} step={step} />
          ))}
        </Table>
      )}
    </DetailsPanel>
  );
}

function Row({ step }: { readonly step: Step }) {
  const { at, kind, traceId } = step;
  return (
    <tr>
      <td class="time">{timeOfDay(at)}</td>
      <td>{kind}</td>
      {step.kind === 'request' ? (
        <td colSpan={3}>
          <code>
            {step.method} {step.path}
          </code>{' '}
          {step.status}
        </td>
      ) : (
        <>
          <td>{step.eventType}</td>
          <td>{step.productId}</td>
          <td>{step.cartId}</td>
        </>
      )}
      <td>
        {traceId !== undefined && (
          <a href={addressOf(`trace/${traceId}`)} aria-label={`Trace ${traceId}`}>
            <code>{traceId.slice(0, 8)}…</code>
          </a>
        )}
      </td>
    </tr>
  );
}
