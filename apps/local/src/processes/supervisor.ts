import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf } from '@tandem/chassis/service';
import { mapServices, mapServicesAsync, type ServiceName, serviceNames } from '@tandem/contracts/topology';
import { type LocalConfig, portVariable } from '../config.ts';
import { linkMessageOf } from '@tandem/console/link';
import { claimDataDir } from '../system/data-dir.ts';
import { claimPort } from '../system/ports.ts';
import { type Child, type Exit, startChild } from './child.ts';
import { type Role, roleGroups, urlsVariable } from './roles.ts';

/** Running system with one process for each part. */
export interface Processes {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  /** Processes by role; for a service with several instances, the first. */
  readonly children: Readonly<Record<Role, Child>>;
  /** All processes by name; the second instance of a service is `product-2`. */
  readonly all: ReadonlyMap<string, Child>;
  /** Stops every process: the gateway first, messaging last. */
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  /** Environment variables of every process in addition to the configuration. */
  readonly environment?: NodeJS.ProcessEnv;
  /** Script of each process, which gets its role as an argument. */
  readonly entry?: string;
  /** Number of processes of a service, which share its table and its queue; default: 1. */
  readonly instances?: Readonly<Partial<Record<ServiceName, number>>>;
  readonly onRestart?: (role: Role, exit: Exit, name: string) => void;
  /** Called with each message of a process that is not for the console. */
  readonly onMessage?: (role: Role, message: unknown) => void;
}

const ports = ['PORT', ...serviceNames.map(portVariable), 'AWS_PORT'] as const;
/** Below the ephemeral ports: an outgoing connection cannot take such a port while its process restarts. */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];
/** How long a stopping instance still responds where another one can take over: ten readiness polls of the gateway. */
const DRAIN_MS = 1_000;
/**
 * Starts each part of the system in its own process, and restarts it after an unexpected exit. Rejects with a DomainError
 * when a port or the data directory is in use, after stopping the parts that were started.
 */
export async function startProcesses(
  config: LocalConfig,
  {
    environment = {},
    entry = join(import.meta.dirname, 'role/main.ts'),
    instances = {},
    onRestart = () => undefined,
    onMessage = () => undefined,
  }: ProcessesOptions = {},
): Promise<Processes> {
  await using starting = new AsyncDisposableStack();
  const directory = config.EPHEMERAL ? await mkdtemp(join(tmpdir(), 'tandem-')) : config.DATA_DIR;
  if (config.EPHEMERAL) starting.defer(() => rm(directory, { recursive: true, force: true }));
  starting.adopt(claimDataDir(directory), (dir) => dir.release());
  const assignedPorts = Object.fromEntries(
    await Promise.all(ports.map(async (name) => [name, await assignPort(name, config[name], config.HOST)])),
  ) as Record<(typeof ports)[number], string>;
  const url = (port: string) => urlOf(config.HOST, Number(port));
  /** Ports of each service's instances: the first gets the configured port, the others any. */
  const instancePorts = await mapServicesAsync(async (service) => {
    const variable = portVariable(service);
    const others = Array.from({ length: (instances[service] ?? 1) - 1 });
    return [
      assignedPorts[variable],
      ...(await Promise.all(others.map(() => assignPort(variable, 0, config.HOST)))),
    ];
  });
  const isBalanced = Object.values(instancePorts).some(({ length }) => length > 1);
  const env = {
    ...environment,
    ...environmentOf(config),
    ...assignedPorts,
    DATA_DIR: directory,
    EPHEMERAL: '0',
    GATEWAY_KEY: randomUUID(),
    ...Object.fromEntries(
      serviceNames.map((service) => [urlsVariable(service), instancePorts[service].map(url).join()]),
    ),
    DRAIN_MS: String(isBalanced ? DRAIN_MS : 0),
  };

  /** Processes of a role: the name of each, and its own environment variables. */
  const partsOf = (role: Role): [string, NodeJS.ProcessEnv][] => {
    const service = serviceNames.find((name) => name === role);
    if (service === undefined) return [[role, {}]];
    return instancePorts[service].map((port, i) => [
      i === 0 ? role : `${role}-${i + 1}`,
      {
        [portVariable(service)]: port,
        // Without another instance there is no reason to drain.
        ...(instancePorts[service].length > 1 ? {} : { DRAIN_MS: '0' }),
      },
    ]);
  };
  const all = new Map<string, Child>();
  starting.defer(async () => {
    for (const group of roleGroups)
      await Promise.all(group.flatMap(partsOf).map(async ([name]) => all.get(name)?.stop()));
  });
  for (const group of roleGroups.toReversed()) {
    const started = group.flatMap((role) =>
      partsOf(role).map(([name, own]) => {
        const child = startChild({
          entry,
          role,
          env: { ...env, ...own },
          onRestart: (exit) => onRestart(role, exit, name),
          onMessage: (message) => routeMessage(message, all) || onMessage(role, message),
        });
        all.set(name, child);
        return child;
      }),
    );
    await Promise.all(started.map(async (child) => child.ready()));
  }

  const running = starting.move();
  return {
    urls: {
      ...mapServices((service) => url(assignedPorts[portVariable(service)])),
      gateway: url(assignedPorts.PORT),
      aws: url(assignedPorts.AWS_PORT),
    },
    children: Object.fromEntries(roleGroups.flat().map((role) => [role, all.get(role)])) as Record<
      Role,
      Child
    >,
    all,
    stop: () => running.disposeAsync(),
  };
}

/** Routes a message of the console to its recipients; returns false for any other message. */
function routeMessage(sent: unknown, all: ReadonlyMap<string, Child>): boolean {
  const message = linkMessageOf(sent);
  if (message?.kind === 'telemetry') all.get('gateway')?.send(sent as object);
  if (message?.kind === 'faults')
    for (const [name, child] of all) if (name !== 'gateway') child.send(sent as object);
  if (message?.kind === 'kill') void all.get(message.service)?.kill('SIGKILL');
  return message !== undefined;
}

/** Returns a port that is free now: the requested one, or any for 0. Its process keeps it over restarts. */
async function assignPort(
  variable: (typeof ports)[number],
  requested: number,
  host: string,
): Promise<string> {
  const isFree = async (port: number) => {
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  };
  if (requested !== 0) await claimPort(variable, requested, () => isFree(requested));
  let port = requested;
  for (let tries = 0; port === 0; tries++) {
    const candidate = randomInt(FIRST_PORT, LAST_PORT);
    const found = await isFree(candidate).then(
      () => true,
      (error: unknown) => {
        if (tries < 100) return false;
        throw error;
      },
    );
    if (found) port = candidate;
  }
  return String(port);
}

/** The configuration as environment variables. */
function environmentOf(config: LocalConfig): Record<string, string> {
  const values = Object.entries(config).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return Object.fromEntries(values) as Record<string, string>;
}
