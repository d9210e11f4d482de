import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from '@tandem/local/processes/child';
import { serviceNames } from '@tandem/contracts/topology';
import { type Role, roleGroups } from '@tandem/local/processes/role-names';
import type { Processes } from '@tandem/local/processes/supervisor';
import type { Random } from '../support/random.ts';
import { isRunning } from '../support/process.ts';
import { until } from '../support/until.ts';
import { type CrashPoint, crashPoints } from './crash-points.ts';

/** Killer of processes, one at a time. */
export interface Killer {
  readonly kills: Readonly<Record<CrashPoint | 'at any time', number>>;
  /** Recovery times: from each kill until the process was ready again. */
  readonly recoveriesMs: readonly number[];
  /** Resolves once all roles that clients need have a running instance. */
  whenUp(): Promise<void>;
  /** Kills a process at a random time or at a crash point, preferring those that were not tried yet. */
  killOne(): Promise<void>;
  /** Crash points at which no process was killed yet. */
  untried(): readonly CrashPoint[];
}

/** Limit of the wait for a process to pass an armed crash point. */
const ARMED_MS = 3_000;
/** Longer than the visibility timeout of half a minute, for the message of a killed consumer. */
const SNAPSHOT_REST_MS = 45_000;

/** Creates a killer of the processes of a system. */
export function createKiller(system: Processes, random: Random, requestSnapshot: () => void): Killer {
  const points = Object.keys(crashPoints) as CrashPoint[];
  const kills = Object.fromEntries(['at any time', ...points].map((name) => [name, 0])) as Record<
    CrashPoint | 'at any time',
    number
  >;
  const recoveriesMs: number[] = [];
  let up = Promise.resolve();
  let next = 0;
  let snapshotAt = performance.now();

  const pick = <T>(from: readonly [T, ...T[]]) => from[random(0, from.length - 1)] ?? from[0];
  const instancesOf = (role: Role): [Child, ...Child[]] => {
    const further = [...system.all].filter(([name]) => new RegExp(`^${role}-\\d+$`).test(name));
    return [system.children[role], ...further.map(([, child]) => child)];
  };
  /** Resolves once all killed processes are ready; in an outage, clients wait too. */
  const untilRecovered = async (killed: readonly Child[], isOutage: boolean) => {
    const killedAt = performance.now();
    const ready = Promise.all(killed.map(async (child) => child.ready())).then(() => undefined);
    if (isOutage) up = ready;
    await ready;
    recoveriesMs.push(Math.round(performance.now() - killedAt));
  };

  const killAtAnyTime = async () => {
    const role = pick(roleGroups.flat() as [Role, ...Role[]]);
    const instances = instancesOf(role);
    const killed = random(0, 1) === 0 ? instances : [pick(instances)];
    await Promise.all(killed.map(async (child) => child.kill('SIGKILL')));
    kills['at any time'] += 1;
    await untilRecovered(killed, isServing(role) && killed.length === instances.length);
  };

  /** Kills the instance that passes the crash point first; if none does in time, kills any of them. */
  const killAt = async (point: CrashPoint) => {
    const role = pick(crashPoints[point] as readonly [Role, ...Role[]]);
    const instances = instancesOf(role);
    const previous = instances.map((child) => ({ child, pid: child.pid() }));
    for (const child of instances) child.send(point);
    if (point === 'mid-snapshot') requestSnapshot();
    const endedInstances = () => previous.filter(({ pid }) => !isRunning(pid));
    const end = performance.now() + ARMED_MS;
    while (endedInstances().length === 0 && performance.now() < end) await delay(10);
    if (endedInstances().length > 0) kills[point] += 1;
    else await pick(instances).kill('SIGKILL');
    for (const child of instances) child.send('disarm');
    const ended = endedInstances();
    for (const { child, pid } of ended)
      await until(
        () => child.pid(),
        (now) => now !== pid,
        { deadlineMs: 10_000 },
      );
    await untilRecovered(
      ended.map(({ child }) => child),
      isServing(role) && ended.length === instances.length,
    );
  };

  /** Next crash point in order. `mid-snapshot` has a pause, or its message would exceed its receives and be dead-lettered. */
  const nextPoint = (): CrashPoint => {
    const point = points[next++ % points.length] ?? 'mid-transaction';
    if (point !== 'mid-snapshot') return point;
    if (performance.now() - snapshotAt < SNAPSHOT_REST_MS) return nextPoint();
    snapshotAt = performance.now();
    return point;
  };
  const untried = () => points.filter((point) => kills[point] === 0);
  return {
    kills,
    recoveriesMs,
    whenUp: () => up,
    killOne: () => (random(1, 3) === 1 ? killAtAnyTime() : killAt(untried()[0] ?? nextPoint())),
    untried,
  };
}

/** Whether clients call this role. */
function isServing(role: Role): boolean {
  return role === 'gateway' || serviceNames.some((service) => service === role);
}
