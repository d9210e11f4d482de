import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf } from '@tandem/chassis/service';
import { mapServices, mapServicesAsync, type ServiceName } from '@tandem/contracts/topology';
import { type LocalConfig, portVariable } from '../config.ts';
import { innerHostOf, reachableHostOf } from '../system/addresses.ts';
import { claimDataDir } from '../system/data-dir.ts';
import { createPortFinder } from '../system/ports.ts';
import { type Child, type Exit, startChild } from './child.ts';
import { createConsoleRouter } from './console-router.ts';
import { urlsVariable } from './role-config.ts';
import { type Role, roleGroupsOf } from './role-names.ts';

/** Running system with one process for each part. Services that the configuration leaves out have no URL and no process. */
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

type PortVariable = 'PORT' | 'AWS_PORT' | ReturnType<typeof portVariable>;

const assignPort = createPortFinder();

/** How long a stopping instance still responds where another one can take over: twenty readiness checks of the gateway. */
const DRAIN_MS = 2_000;
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
  const { SERVICES: names } = config;
  const host = innerHostOf(config.HOST);
  const roleGroups = roleGroupsOf(names);
  const ports: readonly PortVariable[] = ['PORT', ...names.map(portVariable), 'AWS_PORT'];
  const directory = config.EPHEMERAL ? await mkdtemp(join(tmpdir(), 'tandem-')) : config.DATA_DIR;
  if (config.EPHEMERAL) starting.defer(() => rm(directory, { recursive: true, force: true }));
  starting.adopt(claimDataDir(directory), (dir) => dir.release());
  const assignedPorts = Object.fromEntries(
    await Promise.all(
      ports.map(async (name) => {
        const address = name === 'PORT' ? config.HOST : host;
        return [name, await assignPort(name, config[name], address)];
      }),
    ),
  ) as Record<PortVariable, string>;
  const url = (port: string) => urlOf(host, Number(port));
  /** Ports of each service's instances: the first gets the configured port, the others any. */
  const instancePorts = await mapServicesAsync(async (service) => {
    const variable = portVariable(service);
    const others = Array.from({ length: (instances[service] ?? 1) - 1 });
    return [assignedPorts[variable], ...(await Promise.all(others.map(() => assignPort(variable, 0, host))))];
  }, names);
  const isBalanced = Object.values(instancePorts).some(({ length }) => length > 1);
  const env = {
    ...environment,
    ...environmentOf(config),
    ...assignedPorts,
    DATA_DIR: directory,
    EPHEMERAL: '0',
    GATEWAY_KEY: randomUUID(),
    ...Object.fromEntries(
      names.map((service) => [urlsVariable(service), instancePorts[service].map(url).join()]),
    ),
    DRAIN_MS: String(isBalanced ? DRAIN_MS : 0),
  };

  /** Processes of a role: the name of each, and its own environment variables. */
  const partsOf = (role: Role): [string, NodeJS.ProcessEnv][] => {
    const service = names.find((name) => name === role);
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
  const router = createConsoleRouter(all);
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
          greeting: router.greeting,
          onMessage: (message) => router.route(name, message) || onMessage(role, message),
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
      ...mapServices((service) => url(assignedPorts[portVariable(service)]), names),
      gateway: urlOf(reachableHostOf(config.HOST), Number(assignedPorts.PORT)),
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

/** The configuration as environment variables. */
function environmentOf(config: LocalConfig): Record<string, string> {
  const values = Object.entries(config).filter(([, value]) => value !== undefined);
  return Object.fromEntries(values.map(([name, value]) => [name, String(value)]));
}
