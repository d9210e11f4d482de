import { randomInt, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { urlOf } from '@tandem/chassis/service';
import type { ServiceName } from '@tandem/contracts/topology';
import type { LocalConfig } from '../config.ts';
import { linkMessageOf } from '@tandem/console/link';
import { claimDataDir } from '../system/data-dir.ts';
import { claimPort } from '../system/ports.ts';
import { type Child, type Exit, startChild } from './child.ts';
import { type Role, roles } from './roles.ts';

/** The whole system, a process a part. */
export interface Processes {
  readonly urls: Readonly<Record<'gateway' | ServiceName | 'aws', string>>;
  /** The processes by their roles; of a service with several instances, the first. */
  readonly children: Readonly<Record<Role, Child>>;
  /** All processes by their names: a service's second one is `product-2`. */
  readonly all: ReadonlyMap<string, Child>;
  /** Stops every process: whoever takes requests first, messaging last. */
  stop(): Promise<void>;
}

export interface ProcessesOptions {
  /** What every process gets beside the configuration. */
  readonly environment?: NodeJS.ProcessEnv;
  /** The script of each process, which gets its role as an argument. */
  readonly entry?: string;
  /** How many processes of a service share its table and its queue; one unless given. */
  readonly instances?: Readonly<Partial<Record<ServiceName, number>>>;
  readonly onRestart?: (role: Role, exit: Exit, name: string) => void;
  /** Is told what processes send that is not the console's. */
  readonly onMessage?: (role: Role, message: unknown) => void;
}

const ports = ['PORT', 'PRODUCT_PORT', 'CART_PORT', 'AWS_PORT'] as const;
/** Below what systems give to outgoing connections: nobody is given such a port while its process starts again. */
const [FIRST_PORT, LAST_PORT] = [20_000, 32_000];
/**
 * How long an instance that is stopping still answers where another one can take over: ten times as long as the gateway takes
 * to ask whether it is ready.
 */
const DRAIN_MS = 1_000;
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
    instances = {},
    onRestart = () => undefined,
    onMessage = () => undefined,
  }: ProcessesOptions = {},
): Promise<Processes> {
  await using starting = new AsyncDisposableStack();
  const directory = config.EPHEMERAL ? await mkdtemp(join(tmpdir(), 'tandem-')) : config.DATA_DIR;
  if (config.EPHEMERAL) starting.defer(() => rm(directory, { recursive: true, force: true }));
  starting.adopt(claimDataDir(directory), (dir) => dir.release());
  const decided = Object.fromEntries(
    await Promise.all(ports.map(async (name) => [name, await decide(name, config[name], config.HOST)])),
  ) as Record<(typeof ports)[number], string>;
  const url = (port: string) => urlOf(config.HOST, Number(port));
  /** The ports of a service's instances: the first has the one that was asked for, the others any. */
  const portsOf = async (variable: 'PRODUCT_PORT' | 'CART_PORT', count = 1) => [
    decided[variable],
    ...(await Promise.all(Array.from({ length: count - 1 }, () => decide(variable, 0, config.HOST)))),
  ];
  const placed = {
    product: await portsOf('PRODUCT_PORT', instances.product),
    cart: await portsOf('CART_PORT', instances.cart),
  };
  const isBalanced = placed.product.length + placed.cart.length > 2;
  const env = {
    ...environment,
    ...given(config),
    ...decided,
    DATA_DIR: directory,
    EPHEMERAL: '0',
    GATEWAY_KEY: randomUUID(),
    PRODUCT_URLS: placed.product.map(url).join(),
    CART_URLS: placed.cart.map(url).join(),
    DRAIN_MS: String(isBalanced ? DRAIN_MS : 0),
  };

  /** What runs of a role: the name of each process, and what it alone is told. */
  const partsOf = (role: Role): [string, NodeJS.ProcessEnv][] =>
    role === 'product' || role === 'cart'
      ? placed[role].map((port, i) => [
          i === 0 ? role : `${role}-${i + 1}`,
          {
            [`${role.toUpperCase()}_PORT`]: port,
            // Where nobody takes over there is nothing to wait for.
            ...(placed[role].length > 1 ? {} : { DRAIN_MS: '0' }),
          },
        ])
      : [[role, {}]];
  const all = new Map<string, Child>();
  starting.defer(async () => {
    for (const group of groups)
      await Promise.all(group.flatMap(partsOf).map(async ([name]) => all.get(name)?.stop()));
  });
  for (const group of groups.toReversed()) {
    const started = group.flatMap((role) =>
      partsOf(role).map(([name, own]) => {
        const child = startChild({
          entry,
          role,
          env: { ...env, ...own },
          onRestart: (exit) => onRestart(role, exit, name),
          onMessage: (message) => handOn(message, all) || onMessage(role, message),
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
      gateway: url(decided.PORT),
      product: url(decided.PRODUCT_PORT),
      cart: url(decided.CART_PORT),
      aws: url(decided.AWS_PORT),
    },
    children: Object.fromEntries(roles.map((role) => [role, all.get(role)])) as Record<Role, Child>,
    all,
    stop: () => running.disposeAsync(),
  };
}

/** Hands what the processes tell each other for the console to whom it is for; false where a message is no such thing. */
function handOn(sent: unknown, all: ReadonlyMap<string, Child>): boolean {
  const message = linkMessageOf(sent);
  if (message?.kind === 'notes') all.get('gateway')?.send(sent as object);
  if (message?.kind === 'faults')
    for (const [name, child] of all) if (name !== 'gateway') child.send(sent as object);
  if (message?.kind === 'kill') void all.get(message.service)?.kill('SIGKILL');
  return message !== undefined;
}

/** A port that is free now: the one that is asked for, or any for 0. It stays that of its process over restarts. */
async function decide(variable: (typeof ports)[number], asked: number, host: string): Promise<string> {
  const isFree = async (port: number) => {
    const server = createServer().listen(port, host);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
  };
  if (asked !== 0) await claimPort(variable, asked, () => isFree(asked));
  let port = asked;
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

/** The configuration as an environment that reads as it. */
function given(config: LocalConfig): Record<string, string> {
  const values = Object.entries(config).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return Object.fromEntries(values) as Record<string, string>;
}
