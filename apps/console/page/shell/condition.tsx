import type { ServiceName } from '@tandem/contracts/topology';
import { useNow } from '../parts/hooks.ts';
import { createActionState } from '../actions.ts';
import type { FaultAt } from '../../server/protocol.ts';
import { about, isDisconnected, lastNewsAt, state } from '../live.ts';
import { Button, ErrorNotice } from '../parts/controls.tsx';
import { capitalized, counted } from '../parts/format.ts';
import { keys } from '../parts/topology.ts';
import { isOperator, requestAsOperator } from '../session.ts';

/** Actions: `fault`. */
const actions = createActionState();

/** Condition of the system above each page: a lost connection, services that do not answer, and faults that are on. */
export function Condition() {
  if (isDisconnected.value && about.value) return <LostConnection />;
  const { services, faults = [] } = state.value ?? {};
  const down = services ? keys(services).filter((name) => !services[name].isReady) : [];
  if (down.length === 0 && faults.length === 0) return null;
  return (
    <div class="condition" role="status">
      {down.map((service) => (
        <p key={service} class="notice bad">
          {capitalized(service)} does not answer. What it missed meanwhile waits in its queues.
        </p>
      ))}
      {faults.map((fault) => (
        <p key={`${fault.fault} ${fault.service}`} class="notice row">
          <span>{textOf(fault)}</span>
          <a href="#/faults">Faults</a>
          {isOperator.value && (
            <Button
              isQuiet
              isDisabled={actions.isPending('fault')}
              label={`Switch off: ${textOf(fault)}`}
              onPress={() => void switchOff(fault)}
            >
              {fault.fault === 'consumerPaused' ? 'Resume' : 'Switch off'}
            </Button>
          )}
        </p>
      ))}
      <ErrorNotice message={actions.errorOf('fault')} />
    </div>
  );
}

function LostConnection() {
  const now = useNow();
  const since = lastNewsAt.value;
  // A page that is just opening is not yet worth a notice.
  if (since === undefined) return null;
  const seconds = Math.max(1, Math.round((now - since) / 1_000));
  return (
    <div class="condition" role="status">
      <p class="notice bad">
        No news from the system for {counted(seconds, 'second')}. What you see may be old. Trying again …
      </p>
    </div>
  );
}

/** A fault that is on, as a sentence. */
export function textOf({ fault, service }: FaultAt): string {
  const name = capitalized(service);
  const texts: Record<FaultAt['fault'], (service: ServiceName) => string> = {
    consumerPaused: () => `${name}’s consumer is paused.`,
    relayStopped: () => `${name}’s relay is stopped.`,
    deliveriesDuplicated: () => `${name}’s events are delivered twice.`,
    deliveriesDelayed: () => `${name}’s events are delivered late.`,
  };
  return texts[fault](service);
}

function switchOff(fault: FaultAt) {
  return actions.run('fault', async () => {
    await requestAsOperator('/console/faults', { method: 'POST', body: { ...fault, isOn: false } });
  });
}
