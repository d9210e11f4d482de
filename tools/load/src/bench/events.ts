import { setTimeout as delay } from 'node:timers/promises';
import { publishers, type ServiceName, serviceNames, titleOf } from '@tandem/contracts/topology';
import { processCpuSeconds } from '../observe/processes.ts';
import type { OwnSystem } from '../system/own-system.ts';
import { sendSaturated, type SendNext } from './client.ts';
import { type Estimate, estimate } from './statistics.ts';

/** CPU milliseconds of each process for one request and for the events that follow from it, by round. */
export type EventCosts = ReadonlyMap<string, readonly number[]>;

export interface EventsOptions {
  readonly rounds: number;
  /** Requests of a round. */
  readonly requests: number;
  readonly connections: number;
  readonly log: (line: string) => void;
  /** Ends the measurement: relays that are stopped would outlive this process. */
  readonly stopping: AbortSignal;
}

/** What is measured: a system, a request to one of its services that publishes events, and a yardstick in this process. */
export interface EventSubjects {
  readonly pids: OwnSystem['pids'];
  readonly publisher: ServiceName;
  readonly sendNext: SendNext;
  readonly yardstick: SendNext;
}

export const REQUEST = 'the request';
export const EVENTS = 'its events, in all';
/** Name of the yardstick: the SDK's GetItem alone. */
export const GET_ITEM = 'AWS SDK GetItem';

/** CPU milliseconds that each process has used. */
type CpuMs = ReadonlyMap<string, number>;

/** Rounds that compile the code of relays and consumers, and are not counted. */
const WARM_UP_ROUNDS = 3;
const IDLE_INTERVAL_MS = 500;
/** Share of a core that all processes together use without events: the relays ask for changes all the time. */
const IDLE_SHARE = 0.1;

/**
 * Measures in rounds: first the requests, while the relays are stopped; then the relays and consumers, until all events are applied. This separates
 * requests from events also in a process that handles both. Rejects once `stopping` aborts, and then leaves no relay stopped.
 */
export async function measureEvents(
  { pids, publisher, sendNext, yardstick }: EventSubjects,
  { rounds, requests, connections, log, stopping }: EventsOptions,
): Promise<EventCosts> {
  const relays = publishers.map(([service]) => `${service}-relay`);
  const steps = [
    ...publishers.map(([service]) => [`${service}-relay`, `relay of ${titleOf(service)}`] as const),
    ...serviceNames.map((service) => [service, `${titleOf(service)} applies`] as const),
  ].flatMap(([role, name]) => (pids[role] === undefined ? [] : [{ role, name, pid: pids[role] }]));
  const cpu = () => new Map<string, number>(steps.map(({ role, pid }) => [role, cpuMs(pid)]));
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const relay of relays) process.kill(pids[relay] ?? 0, name);
  };
  const costs = new Map<string, number[]>();
  const record = (name: string, ms: number) => costs.set(name, [...(costs.get(name) ?? []), ms / requests]);

  for (let round = 1 - WARM_UP_ROUNDS; round <= rounds; round++) {
    await untilIdle(cpu);
    stopping.throwIfAborted();
    signal('SIGSTOP');
    const before = cpu();
    const send = async () => {
      stopping.throwIfAborted();
      return sendNext();
    };
    await sendSaturated(send, requests, connections).finally(() => signal('SIGCONT'));
    const requested = cpu();
    await untilIdle(cpu);
    const after = cpu();
    const own = cpuMs(process.pid);
    await sendSaturated(yardstick, requests, connections);
    log(round > 0 ? `round ${round} of ${rounds}` : `warm-up`);
    if (round <= 0) continue;
    record(GET_ITEM, cpuMs(process.pid) - own);
    record(REQUEST, differenceOf(publisher, before, requested));
    const used = steps.map(({ role, name }) => ({ name, ms: differenceOf(role, requested, after) }));
    for (const { name, ms } of used) record(name, ms);
    record(
      EVENTS,
      used.reduce((sum, { ms }) => sum + ms, 0),
    );
  }
  return costs;
}

/** Renders the costs as text, each with its interval and as a ratio to the yardstick. */
export function eventsText(costs: EventCosts): string {
  const yardstick = costs.get(GET_ITEM) ?? [];
  const line = (name: string, values: readonly number[]) => {
    const ratio = estimate(values.map((value, round) => value / (yardstick[round] ?? Number.NaN)));
    return `${name.padEnd(20)}${describe(estimate(values))}   ${ratio.median.toFixed(2)} of the SDK's GetItem`;
  };
  return ['CPU, ms', ...[...costs].map(([name, values]) => line(name, values))].join('\n');
}

function describe({ median, low, high }: Estimate): string {
  return `${median.toFixed(3)} [${low.toFixed(3)}, ${high.toFixed(3)}]`;
}

function differenceOf(role: string, before: CpuMs, after: CpuMs): number {
  return (after.get(role) ?? 0) - (before.get(role) ?? 0);
}

function cpuMs(pid: number): number {
  return processCpuSeconds(pid) * 1_000;
}

/** Waits until the processes use no more CPU time than without events. */
async function untilIdle(cpu: () => CpuMs): Promise<void> {
  const total = () => [...cpu().values()].reduce((sum, ms) => sum + ms, 0);
  for (let last = total(), used = Infinity; used > IDLE_INTERVAL_MS * IDLE_SHARE; last += used) {
    await delay(IDLE_INTERVAL_MS);
    used = total() - last;
  }
}
