import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultAt } from '../../../server/protocol.ts';
import { signal } from '@preact/signals';
import { request } from '../../api.ts';
import { state } from '../../live.ts';
import { operatorToken } from '../../session.ts';

/** Error of the last action. */
export const problem = signal<string | undefined>(undefined);
/** Time of the last kill of each service from this page. */
export const killedAt = signal<Partial<Record<ServiceName, number>>>({});

/** Whether a fault is on, by the latest state. */
export function isOn({ fault, service }: FaultAt): boolean {
  return state.value?.faults.some((on) => on.fault === fault && on.service === service) ?? false;
}

/** Switches a fault on or off; the next state shows the result. */
export function setFault(fault: FaultAt, on: boolean): Promise<void> {
  return post('/console/faults', { ...fault, isOn: on });
}

/** Switches off all faults. */
export async function clearFaults(): Promise<void> {
  for (const fault of state.value?.faults ?? []) await setFault(fault, false);
}

/** Kills a service, which is then restarted. */
export async function kill(service: ServiceName): Promise<void> {
  await post('/console/kill', { service });
  if (problem.value === undefined) killedAt.value = { ...killedAt.value, [service]: Date.now() };
}

async function post(path: string, body: unknown): Promise<void> {
  problem.value = await request(path, { method: 'POST', body, token: operatorToken.value }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}
