import { signal } from '@preact/signals';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultAt } from '../../../server/protocol.ts';
import { createActionState } from '../../actions.ts';
import { state } from '../../live.ts';
import { requestAsOperator } from '../../session.ts';

/** Actions: `fault` and `kill`. */
export const actions = createActionState();

/** Longest time until a state shows a switch that the server has accepted, in milliseconds. */
const PENDING_MS = 5_000;

/** Switches that were pressed and that no state shows yet: whether they are to be on, and since when. */
const wanted = signal<ReadonlyMap<string, { readonly isOn: boolean; readonly at: number }>>(new Map());
/** Kills from this page: when, when the service was first seen away, and when it was back. */
const kills = signal<Partial<Record<ServiceName, Kill>>>({});

/** Kill of a service; times are milliseconds since the epoch. */
export interface Kill {
  readonly at: number;
  readonly isAway?: boolean;
  readonly backAt?: number;
}

/** Latest kill of each service from this page. */
export const latestKills = kills as { readonly value: Partial<Record<ServiceName, Kill>> };

state.subscribe((now) => {
  if (!now) return;
  const isOnNow = (key: string) => now.faults.some((fault) => keyOf(fault) === key);
  wanted.value = new Map(
    [...wanted.peek()].filter(([key, { isOn, at }]) => isOn !== isOnNow(key) && now.at - at < PENDING_MS),
  );
  for (const [service, kill] of Object.entries(kills.peek()) as [ServiceName, Kill][]) {
    const next = followed(kill, now.services[service].isReady, now.at);
    if (next !== kill) kills.value = { ...kills.peek(), [service]: next };
  }
});

/** Longest time until a killed service is seen away: a restart may take less than the second between two states. */
const AWAY_MS = 4_000;

/** A kill as of the next state of its service. */
export function followed(kill: Kill, isReady: boolean, at: number): Kill {
  if (kill.backAt !== undefined) return kill;
  if (!isReady) return kill.isAway ? kill : { ...kill, isAway: true };
  return kill.isAway || at - kill.at > AWAY_MS ? { ...kill, backAt: at } : kill;
}

function keyOf({ fault, service }: FaultAt): string {
  return `${service}/${fault}`;
}

/** State of a switch: as pressed, also before the system has followed. */
export function switchOf(fault: FaultAt): { readonly isOn: boolean; readonly isPending: boolean } {
  const pressed = wanted.value.get(keyOf(fault));
  const isOn = state.value?.faults.some((on) => keyOf(on) === keyOf(fault)) ?? false;
  return { isOn: pressed?.isOn ?? isOn, isPending: pressed !== undefined };
}

/** Switches faults on or off. */
export function setFaults(faults: readonly FaultAt[], isOn: boolean): Promise<boolean> {
  const at = Date.now();
  wanted.value = new Map([...wanted.value, ...faults.map((fault) => [keyOf(fault), { isOn, at }] as const)]);
  return actions.run('fault', async () => {
    try {
      for (const { fault, service } of faults)
        await requestAsOperator('/console/faults', { method: 'POST', body: { fault, service, isOn } });
    } catch (error) {
      wanted.value = new Map();
      throw error;
    }
  });
}

/** Kills a service, which is then restarted. */
export function kill(service: ServiceName): Promise<boolean> {
  return actions.run('kill', async () => {
    await requestAsOperator('/console/kill', { method: 'POST', body: { service } });
    kills.value = { ...kills.value, [service]: { at: Date.now() } };
  });
}
