import { useComputed } from '@preact/signals';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultName } from '../../../server/protocol.ts';
import { about } from '../../live.ts';
import { isOperator } from '../../session.ts';
import { addressOf } from '../../parts/selection.ts';
import type { Card } from './catalog.ts';
import { isOn, kill, setFault } from './switches.ts';

/** Card of a fault: effect, guarantee, recovery, alarms, and its switch. */
export function FaultCard({ service, card }: { service: ServiceName; card: Card }) {
  const { kind, title, effect, guarantee, recovery, alarms, alarmCondition, queues, relay } = card;
  return (
    <article class="sheet fault">
      <header>
        <h3>{title}</h3>
        {kind === 'killed' ? (
          <Kill service={service} title={title} />
        ) : (
          <Switch fault={kind} service={service} title={title} />
        )}
      </header>
      <p>{effect}</p>
      <dl>
        <dt>Guarantee</dt>
        <dd>{guarantee}</dd>
        <dt>Recovery</dt>
        <dd>{recovery}</dd>
        <dt>Alarm</dt>
        <dd>
          {alarms.map((alarm) => (
            <code key={alarm}>{alarm} </code>
          ))}
          {alarmCondition}
        </dd>
        <dt>Visible in</dt>
        <dd>
          {queues.map((queue) => (
            <a key={queue} href={addressOf(`queue/${queue}`)}>
              {queue} in Flow
            </a>
          ))}
          {relay !== undefined && <a href={addressOf(`relay/${relay}`)}>{relay} relay in Flow</a>}
        </dd>
      </dl>
    </article>
  );
}

interface SwitchProps {
  readonly fault: FaultName;
  readonly service: ServiceName;
  readonly title: string;
}

function Switch({ fault, service, title }: SwitchProps) {
  const on = useComputed(() => isOn({ fault, service })).value;
  return (
    <button
      type="button"
      class={on ? 'switch' : 'switch quiet'}
      aria-pressed={on}
      aria-label={title}
      disabled={!isOperator.value || !about.value}
      onClick={() => void setFault({ fault, service }, !on)}
    />
  );
}

function Kill({ service, title }: { service: ServiceName; title: string }) {
  return (
    <button
      type="button"
      class="quiet kill"
      aria-label={title}
      disabled={!isOperator.value || !about.value}
      onClick={() => void kill(service)}
    >
      Kill
    </button>
  );
}
