import { topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { about, state, steps } from '../../live.ts';
import { timeOfDay } from '../../parts/format.ts';
import { useRecent } from '../../parts/use-recent.ts';
import { Chosen } from './chosen.tsx';
import { factsOf } from './facts.ts';
import { nameOf } from './names.ts';
import { picture } from './picture-of.ts';
import { stepsAt } from './route.ts';
import { addressOf } from '../../parts/selection.ts';

const SHOWN = 25;

/** What passed a part or an arrow last. */
export function Passed({ id }: { id: string }) {
  const passed = stepsAt(id, useRecent(steps), topology, SHOWN);
  const name = nameOf(id);
  if (name === undefined)
    return (
      <Chosen title="Not in the picture">
        <p>This system has no such part: {id}</p>
      </Chosen>
    );
  return (
    <Chosen title={name}>
      <FactsOf id={id} />
      {id.startsWith('dead-letters/') && (
        <p>
          <a href={`#/${id}`}>Read what lies there</a>
        </p>
      )}
      {passed.length === 0 ? (
        <p class="quiet">
          {about.value === null
            ? 'Without a running system nothing passes.'
            : 'Nothing has passed since you came.'}
        </p>
      ) : (
        <PassedTable passed={passed} />
      )}
    </Chosen>
  );
}

function FactsOf({ id }: { id: string }) {
  const node = picture.nodes.find((node) => node.id === id);
  const lines = node ? factsOf(node, state.value, topology).lines : [];
  return lines.length > 0 ? <p class="facts">{lines.join(' · ')}</p> : null;
}

function PassedTable({ passed }: { passed: readonly Step[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label="What passed here last, the newest first">
      <table>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What</th>
            <th scope="col">Type</th>
            <th scope="col">Product</th>
            <th scope="col">Cart</th>
            <th scope="col">Trace</th>
          </tr>
        </thead>
        <tbody>
          {passed.map((step) => (
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
