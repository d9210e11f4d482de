import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf } from '@tandem/chassis/service';
import type { ServiceName } from '@tandem/contracts/topology';
import type { LocalConfig } from '../config.ts';
import { claimDataDir } from '../system/data-dir.ts';
import { claimPort } from '../system/ports.ts';
import { type Child, type Exit, startChild } from './child.ts';
import type { Role } from './roles.ts';

/** The whole system, a process a part. */
export interface Processes {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  readonly children: Readonly<Record<Role, Child>>;
  /** Stops every process: whoever takes requests first, messaging last. */
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  /** What every process gets beside the configuration. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The script of each process, which gets its role as an argument. */
  readonly entry?: string;
  readonly onRestart?: (role: Role, exit: Exit) => void;
  readonly onMessage?: (role: Role, message: unknown) => void;
}

const ports = ['PORT', 'PRODUCT_PORT', 'CART_PORT', 'AWS_PORT'] as const;
/** Below what systems give to outgoing connections: nobody is given such a port while its process starts again. */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];
/** Who can do without whom: they stop in this order, and start in the opposite one. */
const groups: readonly (readonly Role[])[] = [
  ['gateway'],
  ['product', 'cart'],
  ['product-relay', 'cart-relay'],
  ['messaging'],
];

/**
 * Starts each part of the system as a process of its own, and again whenever one ends. Rejects with a DomainError when a
 * port or the data directory is in use; what was started until then is stopped again.
 */
export async function startProcesses(
  config: LocalConfig,
  {
    environment = {},
    entry = join(import.meta.dirname, 'role/main.ts'),
    onRestart = () => undefined,
    onMessage = () => undefined,
  }: ProcessesOptions = {},
): Promise<Processes> {
  await using starting = new AsyncDisposableStack();
  const directory = config.EPHEMERAL ? await mkdtemp(join(tmpdir(), 'tandem-')) : config.DATA_DIR;
  if (config.EPHEMERAL) starting.defer(() => rm(directory, { recursive: true, force: true }));
  starting.adopt(claimDataDir(directory), (dir) => dir.release());
  const decided = Object.fromEntries(await Promise.all(ports.map((name) => decide(name, config))));
  const env = {
    ...environment,
    ...given(config),
    ...decided,
    DATA_DIR: directory,
    EPHEMERAL: '0',
    GATEWAY_KEY: randomUUID(),
  };

  const children = {} as Record<Role, Child>;
  starting.defer(async () => {
    for (const group of groups) await Promise.all(group.map(async (role) => children[role]?.stop()));
  });
  for (const group of groups.toReversed()) {
    for (const role of group)
      children[role] = startChild({
        entry,
        role,
        env,
        onRestart: (exit) => onRestart(role, exit),
        onMessage: (message) => onMessage(role, message),
      });
    await Promise.all(group.map(async (role) => children[role].ready()));
  }

  const running = starting.move();
  const url = (port: (typeof ports)[number]) => urlOf(config.HOST, Number(decided[port]));
  return {
    urls: {
      gateway: url('PORT'),
      product: url('PRODUCT_PORT'),
      cart: url('CART_PORT'),
      aws: url('AWS_PORT'),
    },
    children,
    stop: () => running.disposeAsync(),
  };
}

/** A port that is free now: the one that is asked for, or any for 0. It stays that of its process over restarts. */
async function decide(name: (typeof ports)[number], config: LocalConfig): Promise<[string, string]> {
  const isFree = async (port: number) => {
    const server = createServer().listen(port, config.HOST);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  };
  if (config[name] !== 0) await claimPort(name, config[name], () => isFree(config[name]));
  let port = config[name];
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
  return [name, String(port)];
}

/** The configuration as an environment that reads as it. */
function given(config: LocalConfig): Record<string, string> {
  const values = Object.entries(config).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return Object.fromEntries(values) as Record<string, string>;
}
