import { signal } from '@preact/signals';
import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultAt } from '../../../server/protocol.ts';
import { createActionState } from '../../action-state.ts';
import { request } from '../../api.ts';
import { state } from '../../live.ts';
import { operatorToken } from '../../session.ts';

/** Actions: `fault` and `kill`. */
export const actions = createActionState();
/** Time of the last kill of each service from this page. */
export const killedAt = signal<Partial<Record<ServiceName, number>>>({});

/** Whether a fault is on, by the latest state. */
export function isOn({ fault, service }: FaultAt): boolean {
  return state.value?.faults.some((on) => on.fault === fault && on.service === service) ?? false;
}

/** Switches faults on or off; the next state shows the result. */
export function setFaults(faults: readonly FaultAt[], areOn: boolean): Promise<void> {
  return actions.run('fault', async () => {
    for (const fault of faults) await post('/console/faults', { ...fault, isOn: areOn });
  });
}

/** Kills a service, which is then restarted. */
export function kill(service: ServiceName): Promise<void> {
  return actions.run('kill', async () => {
    await post('/console/kill', { service });
    killedAt.value = { ...killedAt.value, [service]: Date.now() };
  });
}

async function post(path: string, body: unknown): Promise<void> {
  await request(path, { method: 'POST', body, token: operatorToken.value });
}
