import { about, state, steps } from '../../live.ts';
import { addressOf, linkTo } from '../../parts/address.ts';
import { timeOfDay } from '../../parts/format.ts';
import { running } from '../../parts/running.ts';
import { accentOf } from '../../parts/topology.ts';
import type { Step } from '../../../server/protocol.ts';
import { counts } from './counts.ts';
import { type Condition, factsOf, textOf } from './facts.ts';
import { interruptionsOf } from './interruptions.ts';
import { Metrics } from './metrics-view.tsx';
import { nameOf, picture } from './names.ts';
import { sourceOf, stepsAt } from './route.ts';
import { eventsPerSecond } from './samples.ts';
import { shortId } from './event-list.tsx';

const MAX_ROWS = 40;

/** Values and latest steps of a part or an arrow. */
export function PartView({ id }: { readonly id: string }) {
  const node = picture.value.nodes.find((node) => node.id === id);
  if (nameOf(id) === undefined) return <p>There is no part with the id {id}. Select one in the picture.</p>;
  const facts = node && factsOf(node, state.value, running.value, eventsPerSecond);
  const interruption = interruptionsOf(state.value, running.value).get(id);
  const recent = stepsAt(id, steps.value, running.value, MAX_ROWS);
  return (
    <>
      {facts && <p>{textOf(facts)}</p>}
      {facts && <ConditionNotice condition={facts.condition} />}
      {interruption && (
        <p class="notice">
          {interruption === 'cut' ? 'Nothing passes here now.' : `Events pass here ${interruption}.`}{' '}
          <a href="#/faults">Faults</a>
        </p>
      )}
      {!node && <p>{counts.value.get(id) ?? 0} since this page was opened.</p>}
      {node?.kind === 'deadLetters' && (
        <p>
          <a href={`#/${id}`}>Inspect the dead letters</a>
        </p>
      )}
      {node?.lane && (node.kind === 'service' || node.kind === 'queue') && (
        <>
          <h3>The last 15 minutes</h3>
          <Metrics only={node.lane} />
        </>
      )}
      {node?.kind === 'service' && (
        <p>
          <a href={linkTo('flow', 'traces', { service: node.name })}>Traces of this service</a>
        </p>
      )}
      <h3>Latest steps</h3>
      {recent.length === 0 ? (
        <p class="quiet">
          {about.value === null ? 'No running system is connected.' : 'No recent step passed here.'}
        </p>
      ) : (
        <ol class="list events" aria-label="Latest steps, newest first">
          {recent.map((step, index) => (
            <StepLink key={`${step.at} ${index}`} step={step} />
          ))}
        </ol>
      )}
    </>
  );
}

function ConditionNotice({ condition }: { readonly condition: Condition }) {
  if (condition === 'paused')
    return (
      <p class="notice">
        A fault stops this part. <a href="#/faults">Faults</a>
      </p>
    );
  if (condition === 'down') return <p class="notice bad">This service does not answer.</p>;
  return null;
}

function StepLink({ step }: { readonly step: Step }) {
  const { at, kind, traceId } = step;
  const text = step.kind === 'request' ? `${step.method} ${step.path} → ${step.status}` : step.eventType;
  const subject = [step.productId, step.cartId].filter((id) => id !== undefined).map(shortId);
  return (
    <li class={accentOf(sourceOf(step, running.value))}>
      {traceId === undefined ? (
        <span class="type">{text}</span>
      ) : (
        <a class="type" href={addressOf(`trace/${traceId}`)}>
          {text}
        </a>
      )}
      <time class="small number">{timeOfDay(at)}</time>
      <span class="subject small">
        {[kind === 'request' ? '' : kind, ...subject].filter((part) => part !== '').join(' · ')}
      </span>
    </li>
  );
}
