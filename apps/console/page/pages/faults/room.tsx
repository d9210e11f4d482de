import { useComputed } from '@preact/signals';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { about, state } from '../../live.ts';
import { NeedsOperator } from '../../parts/needs-operator.tsx';
import { isOperator } from '../../session.ts';
import { keys } from '../../parts/keys.ts';
import { cardsOf } from './catalog.ts';
import { FaultCard } from './fault-card.tsx';
import './faults.css';
import { Strips } from './strips.tsx';
import { problem, turnAllOff } from './switches.ts';

/** Breaks the system on purpose, and shows that it heals. */
export default function Faults() {
  const count = useComputed(() => state.value?.faults.length ?? 0);
  return (
    <>
      <h1>Faults</h1>
      <p class="lead">
        Break something, and see in the lines below how lag grows and heals. Nothing that you do here loses an
        event or a unit of stock: that is what the system promises.
      </p>
      {about.value === null ? (
        <p class="notice">This page is not served by a running system, so there is nothing to break.</p>
      ) : (
        <NeedsOperator what="Breaking something" />
      )}
      {problem.value !== undefined && (
        <p class="notice bad" role="alert">
          {problem}
        </p>
      )}
      <p class="row">
        <button
          type="button"
          class="quiet"
          disabled={count.value === 0 || !isOperator.value}
          onClick={() => void turnAllOff()}
        >
          Switch everything off
        </button>
        <span role="status">
          {count.value === 0 ? 'Nothing is switched on.' : `${count.value} switched on.`}
        </span>
      </p>
      <Strips />
      <div class="columns">
        {keys(topology.services).map((service) => (
          <OfService key={service} service={service} />
        ))}
      </div>
    </>
  );
}

function OfService({ service }: { service: ServiceName }) {
  return (
    <section class={`faults-of ${service}`} aria-labelledby={`faults-of-${service}`}>
      <h2 id={`faults-of-${service}`}>{service}</h2>
      {cardsOf(service, topology, about.value?.mode).map((card) => (
        <FaultCard key={card.harm} service={service} card={card} />
      ))}
    </section>
  );
}
