import { useComputed } from '@preact/signals';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { about, state } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { NeedsOperator } from '../../parts/needs-operator.tsx';
import { isOperator } from '../../session.ts';
import { counted } from '../../parts/format.ts';
import { keys } from '../../parts/keys.ts';
import { cardsOf } from './catalog.ts';
import { FaultCard } from './fault-card.tsx';
import './faults.css';
import { FaultCharts } from './fault-charts.tsx';
import { problem, clearFaults } from './switches.ts';

/** Faults page: injects faults, and shows that the system recovers. */
export default function Faults() {
  const count = useComputed(() => state.value?.faults.length ?? 0);
  return (
    <>
      <h1>Faults</h1>
      <p class="lead">
        Inject a fault, and watch the charts: lag grows, then the system recovers. No fault on this page loses
        an event or a unit of stock.
      </p>
      {about.value === null ? (
        <p class="notice">This page is not connected to a running system. Start one to inject faults.</p>
      ) : (
        <NeedsOperator what="Injecting faults" />
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
          onClick={() => void clearFaults()}
        >
          Switch all faults off
        </button>
        <span role="status">
          {count.value === 0 ? 'No fault is on.' : `${counted(count.value, 'fault')} on.`}
        </span>
      </p>
      <FaultCharts />
      <div class="columns">
        {keys(topology.services).map((service) => (
          <ServiceFaults key={service} service={service} />
        ))}
      </div>
    </>
  );
}

function ServiceFaults({ service }: { service: ServiceName }) {
  return (
    <section class={`faults-of ${accentOf(service)}`} aria-labelledby={`faults-of-${service}`}>
      <h2 id={`faults-of-${service}`}>{service}</h2>
      {cardsOf(service, topology, about.value?.mode).map((card) => (
        <FaultCard key={card.kind} service={service} card={card} />
      ))}
    </section>
  );
}
