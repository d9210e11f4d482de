import type { ServiceName } from '@tandem/contracts/topology';
import { about } from '../../live.ts';
import { Button } from '../../parts/button.tsx';
import { addressOf } from '../../parts/selection.ts';
import { isOperator } from '../../session.ts';
import type { Card } from './catalog.ts';
import { isOn, kill, setFaults } from './switches.ts';

/** Card of a fault: effect, guarantee, recovery, alarms, and its switch. */
export function FaultCard({ service, card }: { readonly service: ServiceName; readonly card: Card }) {
  const { title, effect, guarantee, recovery, alarms, alarmCondition, queues, relay } = card;
  return (
    <article class="panel">
      <header class="row">
        <h3>{title}</h3>
        <Switch service={service} card={card} />
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
              {queue} in Flow{' '}
            </a>
          ))}
          {relay !== undefined && <a href={addressOf(`relay/${relay}`)}>{relay} relay in Flow</a>}
        </dd>
      </dl>
    </article>
  );
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
  const on = isOn(fault);
  return (
    <Button
      isQuiet={!on}
      isPressed={on}
      label={title}
      isDisabled={isDisabled}
      onPress={() => void setFaults([fault], !on)}
    />
  );
}
