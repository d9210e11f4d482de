import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultAt } from '../../../server/protocol.ts';
import { signal } from '@preact/signals';
import { ask } from '../../api.ts';
import { state } from '../../live.ts';
import { operatorToken } from '../../session.ts';

/** What the last switch did not do, in a sentence. */
export const problem = signal<string | undefined>(undefined);
/** When each service was killed from here. */
export const killedAt = signal<Partial<Record<ServiceName, number>>>({});

/** Whether the system says that a fault is on. */
export function isOn({ fault, service }: FaultAt): boolean {
  return state.value?.faults.some((on) => on.fault === fault && on.service === service) ?? false;
}

/** Switches a fault; the next state tells whether it is. */
export function turn(fault: FaultAt, to: boolean): Promise<void> {
  return post('/console/faults', { ...fault, isOn: to });
}

/** Switches off whatever is on. */
export async function turnAllOff(): Promise<void> {
  for (const fault of state.value?.faults ?? []) await turn(fault, false);
}

/** Ends a service, which is started again. */
export async function kill(service: ServiceName): Promise<void> {
  await post('/console/kill', { service });
  if (problem.value === undefined) killedAt.value = { ...killedAt.value, [service]: Date.now() };
}

async function post(path: string, body: unknown): Promise<void> {
  problem.value = await ask(path, { method: 'POST', body, token: operatorToken.value }).then(
    () => undefined,
    (error: Error) => error.message,
  );
}
