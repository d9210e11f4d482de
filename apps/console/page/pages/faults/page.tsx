import type { ServiceName } from '@tandem/contracts/topology';
import { about, state } from '../../live.ts';
import { addressOf } from '../../parts/address.ts';
import { Button, ErrorNotice, Requirements } from '../../parts/controls.tsx';
import { capitalized, counted, duration } from '../../parts/format.ts';
import { useNow } from '../../parts/hooks.ts';
import { running, runningServices } from '../../parts/running.ts';
import { accentOf } from '../../parts/topology.ts';
import { isOperator } from '../../session.ts';
import { cardsOf, type Card } from './catalog.ts';
import { FaultCharts } from './fault-charts.tsx';
import './faults.css';
import { actions, kill, latestKills, setFaults, switchOf } from './switches.ts';

/** Faults page: injects faults, and shows that the system recovers. */
export default function Faults() {
  const faults = state.value?.faults ?? [];
  return (
    <>
      <h1>Faults</h1>
      <p class="lead">
        Break something, and watch it recover. No fault on this page loses an event or a unit of stock.
      </p>
      <Requirements what="Injecting faults" />
      <ErrorNotice message={actions.errorOf('fault', 'kill')} />
      <FaultCharts />
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
      <div class="services">
        {runningServices.value.map((service) => (
          <ServiceFaults key={service} service={service} />
        ))}
      </div>
    </>
  );
}

function ServiceFaults({ service }: { readonly service: ServiceName }) {
  return (
    <section class={`panel accent-edge ${accentOf(service)}`} aria-labelledby={`faults-of-${service}`}>
      <h2 id={`faults-of-${service}`} class="accent-ink">
        {capitalized(service)}
      </h2>
      <ul class="list">
        {cardsOf(service, running.value, about.value?.mode).map((card) => (
          <Fault key={card.kind} service={service} card={card} />
        ))}
      </ul>
    </section>
  );
}

/** Row of a fault: its name, what still holds, its state and its switch; the rest on demand. */
function Fault({ service, card }: { readonly service: ServiceName; readonly card: Card }) {
  const { title, promise, alarms } = card;
  return (
    <li>
      <div class="summary">
        <h3>{title}</h3>
        <p class="small">
          {promise}
          {alarms.length > 0 && (
            <>
              {' '}
              · alarm <code>{alarms.join(', ')}</code>
            </>
          )}
        </p>
      </div>
      <FaultState service={service} card={card} />
      <Switch service={service} card={card} />
      <More card={card} />
    </li>
  );
}

/** What a fault does and where it can be watched, on demand. */
function More({ card }: { readonly card: Card }) {
  const { title, effect, guarantee, recovery, alarmCondition, queues, relay } = card;
  return (
    <details>
      <summary aria-label={`More about: ${title}`}>More</summary>
      <dl>
        <dt>Effect</dt>
        <dd>{effect}</dd>
        <dt>What still holds</dt>
        <dd>{guarantee}</dd>
        <dt>How it recovers</dt>
        <dd>{recovery}</dd>
        <dt>Alarm on AWS</dt>
        <dd>{alarmCondition}</dd>
        <dt>Watch it</dt>
        <dd class="links">
          {queues.map((queue) => (
            <a key={queue} href={addressOf(`queue/${queue}`)}>
              {queue} in Flow
            </a>
          ))}
          {relay !== undefined && <a href={addressOf(`relay/${relay}`)}>{relay} relay in Flow</a>}
        </dd>
      </dl>
    </details>
  );
}

/** State of a fault in words. */
function FaultState({ service, card: { kind } }: { readonly service: ServiceName; readonly card: Card }) {
  return (
    <p class="state" role="status">
      {kind === 'killed' ? <KillState service={service} /> : switchText(switchOf({ fault: kind, service }))}
    </p>
  );
}

function switchText({ isOn, isPending }: ReturnType<typeof switchOf>): string {
  if (isPending) return isOn ? 'switching on …' : 'switching off …';
  return isOn ? 'on' : '';
}

/** What became of the latest kill of a service. */
function KillState({ service }: { readonly service: ServiceName }) {
  const now = useNow();
  const latest = latestKills.value[service];
  if (latest === undefined) return null;
  const { at, backAt } = latest;
  if (backAt === undefined) return <>away for {duration(Math.max(0, now - at))}, comes back by itself</>;
  return <>back after {duration(backAt - at)}</>;
}

/** Button that switches a fault on and off, or kills a service. */
function Switch({ service, card: { kind, title } }: { readonly service: ServiceName; readonly card: Card }) {
  const isDisabled = !isOperator.value || !about.value;
  if (kind === 'killed')
    return (
      <Button isQuiet label={title} isDisabled={isDisabled} onPress={() => void kill(service)}>
        Kill
      </Button>
    );
  const fault = { fault: kind, service };
  const { isOn } = switchOf(fault);
  return (
    <Button
      isQuiet={!isOn}
      isPressed={isOn}
      label={title}
      isDisabled={isDisabled}
      onPress={() => void setFaults([fault], !isOn)}
    />
  );
}
