import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { about, state, steps } from '../../live.ts';
import { timeOfDay } from '../../parts/format.ts';
import { useRecent } from '../../parts/use-recent.ts';
import { DetailsPanel } from './details-panel.tsx';
import { factsOf } from './facts.ts';
import { nameOf } from './names.ts';
import { picture } from './system-picture.ts';
import { stepsAt } from './route.ts';
import { addressOf } from '../../parts/selection.ts';

const MAX_ROWS = 25;

/** Latest steps at a part or an arrow. */
export function RecentSteps({ id }: { id: string }) {
  const recent = stepsAt(id, useRecent(steps), topology, MAX_ROWS);
  const name = nameOf(id);
  if (name === undefined)
    return (
      <DetailsPanel title="Not in the picture">
        <p>There is no part with the id {id}. Select one in the picture.</p>
      </DetailsPanel>
    );
  return (
    <DetailsPanel title={name}>
      <FactsOf id={id} />
      {id.startsWith('dead-letters/') && (
        <p>
          <a href={`#/${id}`}>Inspect the dead letters</a>
        </p>
      )}
      {recent.length === 0 ? (
        <p class="quiet">
          {about.value === null ? 'No running system is connected.' : 'No steps since page load.'}
        </p>
      ) : (
        <StepsTable steps={recent} />
      )}
    </DetailsPanel>
  );
}

function FactsOf({ id }: { id: string }) {
  const node = picture.nodes.find((node) => node.id === id);
  const lines = node ? factsOf(node, state.value, topology).lines : [];
  return lines.length > 0 ? <p class="facts">{lines.join(' · ')}</p> : null;
}

function StepsTable({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="Latest steps, newest first">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Step</th>
            <th scope="col">Type</th>
            <th scope="col">Product</th>
            <th scope="col">Cart</th>
            <th scope="col">Trace</th>
          </tr>
        </thead>
        <tbody>
          {steps.map((step) => (
            <tr key={keyOf(step)}>
              <td class="number time">{timeOfDay(step.at)}</td>
              <td>{step.kind}</td>
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
                {step.traceId !== undefined && (
                  <a href={addressOf(`trace/${step.traceId}`)} aria-label={`Trace ${step.traceId}`}>
                    <code>{step.traceId.slice(0, 8)}…</code>
                  </a>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function keyOf(step: Step): string {
  return step.kind === 'request'
    ? `${step.at} ${step.traceId} ${step.path}`
    : `${step.kind} ${step.eventId} ${step.at}`;
}
