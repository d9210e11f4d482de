import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { about, state } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { capitalized, counted } from '../../parts/format.ts';
import { Requirements } from '../../parts/requirements.tsx';
import { isOperator } from '../../session.ts';
import { cardsOf } from './catalog.ts';
import { FaultCard } from './fault-card.tsx';
import { FaultCharts } from './fault-charts.tsx';
import './faults.css';
import { actions, setFaults } from './switches.ts';

/** Faults page: injects faults, and shows that the system recovers. */
export default function Faults() {
  const faults = state.value?.faults ?? [];
  return (
    <>
      <h1>Faults</h1>
      <p class="lead">
        Inject a fault, and watch the charts: lag grows, then the system recovers. No fault on this page loses
        an event or a unit of stock.
      </p>
      <Requirements what="Injecting faults" />
      <ErrorNotice message={actions.errorOf('fault') ?? actions.errorOf('kill')} />
      <p class="row">
        <Button
          isQuiet
          isDisabled={faults.length === 0 || !isOperator.value}
          onPress={() => void setFaults(faults, false)}
        >
          Switch all faults off
        </Button>
        <span role="status">
          {faults.length === 0 ? 'No fault is on.' : `${counted(faults.length, 'fault')} on.`}
        </span>
      </p>
      <FaultCharts />
      <div class="columns">
        {serviceNames.map((service) => (
          <ServiceFaults key={service} service={service} />
        ))}
      </div>
    </>
  );
}

function ServiceFaults({ service }: { readonly service: ServiceName }) {
  return (
    <section class={`service ${accentOf(service)}`} aria-labelledby={`faults-of-${service}`}>
      <h2 id={`faults-of-${service}`} class="accent-ink">
        {capitalized(service)}
      </h2>
      {cardsOf(service, topology, about.value?.mode).map((card) => (
        <FaultCard key={card.kind} service={service} card={card} />
      ))}
    </section>
  );
}
