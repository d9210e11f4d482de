import assert from 'node:assert/strict';
import { buildConsole } from '@tandem/console/build';
import type { ServiceName } from '@tandem/contracts/topology';
import { mintToken } from '@tandem/emulators/issuer';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { freePort } from '../support/free-port.ts';
import { client, isHealthy, untilHealthy } from '../support/http.ts';
import { spawnSystem, type SystemProcess, temporaryFolder } from '../support/process.ts';
import { withSystem } from '../support/system.ts';
import { until } from '../support/until.ts';
import { openBrowser, openPage } from './browser.ts';

/** Running system with a small catalog, and a browser. */
export interface ConsoleFixture {
  readonly gateway: string;
  readonly api: ReturnType<typeof client>;
  /** Operator token. */
  readonly operator: string;
  /** Opens a console page in a new browser context and runs a check on it; fails on errors in the browser's console. */
  readonly visit: (path: string, check: (page: Page) => Promise<void>, options?: Visit) => Promise<void>;
  /** Kills a service, and resolves once it does not answer. It is back three seconds later. */
  readonly kill: (service: ServiceName) => Promise<void>;
  /** Resolves once all services are ready. */
  readonly untilReady: () => Promise<void>;
}

export interface Visit extends BrowserContextOptions {
  readonly isOperator?: boolean;
}

/** Console of a system in a process of its own, whose server may go away. */
export interface OutageFixture extends ConsoleFixture {
  /** Kills the whole system at once. */
  readonly stop: () => Promise<void>;
  /** Starts the system that was stopped, at the same address with the same data; resolves once it is ready. */
  readonly restart: () => Promise<void>;
  /** Suspends the system: it keeps its connections, and answers nothing. */
  readonly hang: () => void;
  /** Continues a system that hangs. */
  readonly resume: () => void;
}

type Environment = Readonly<Record<string, string>>;

/** Runs a scenario with its own system and browser. `environment` has the variables of the system. */
export async function withConsole(
  scenario: (fixture: ConsoleFixture) => Promise<void>,
  environment: Environment = {},
): Promise<void> {
  assert.equal(await buildConsole(), undefined);
  await using browser: Browser = await openBrowser();
  await withSystem(async ({ urls: { gateway } }) => scenario(await fixtureOf(browser, gateway)), environment);
}

/**
 * Runs a scenario on a system that can be stopped, started again and suspended. Requests that fail meanwhile are no errors of
 * the page.
 */
export async function withOutages(
  scenario: (fixture: OutageFixture) => Promise<void>,
  environment: Environment = {},
): Promise<void> {
  assert.equal(await buildConsole(), undefined);
  await using browser: Browser = await openBrowser();
  await using data = await temporaryFolder();
  const variables = { DATA_DIR: data.path, SEED: '0', PORT: String(await freePort()), ...environment };
  await using running = new AsyncDisposableStack();
  const start = async () => running.use(await spawnSystem(variables));
  let system: SystemProcess = await start();
  const fixture = await fixtureOf(browser, system.urls.gateway, /Failed to load resource/);
  await scenario({
    ...fixture,
    stop: async () => void (await system.kill9()),
    restart: async () => void (system = await start()),
    hang: () => system.send('SIGSTOP'),
    resume: () => system.send('SIGCONT'),
  });
}

/** Fixture of a system with a new catalog; errors of the browser's console that match `expected` are ignored. */
async function fixtureOf(browser: Browser, gateway: string, expected = /^$/): Promise<ConsoleFixture> {
  const operator = await mintToken({
    subject: 'operator',
    scopes: ['products:write', 'orders:read', 'analytics:read', 'operator'],
  });
  const api = client(gateway);
  await api.putProduct('bell', { name: 'Bell', price: 1490, category: 'accessories' });
  await api.putProduct('lamp', { name: 'Lamp', price: 4990, category: 'lights', inventory: 3 });
  return {
    gateway,
    api,
    operator,
    async visit(path, check, { isOperator = false, ...options } = {}) {
      const { page, errors } = await openPage(browser, options);
      await page.goto(`${gateway}/${isOperator ? `#operator=${operator}` : ''}`);
      await page.goto(`${gateway}/#/${path}`);
      await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
      await check(page);
      await page.context().close();
      assert.deepEqual(
        errors.filter((error) => !expected.test(error)),
        [],
      );
    },
    async kill(service) {
      const killed = await api.call('POST', '/console/kill', { body: { service }, token: operator });
      assert.equal(killed.status, 202);
      await until(
        () => isHealthy(gateway),
        (isReady) => !isReady,
      );
    },
    untilReady: () => untilHealthy(gateway),
  };
}
