/**
 * Measures the CPU that five visible tabs take with Flow open, of the server and of the browser, as shares of one core. Run it on
 * a machine that runs nothing else: `node scripts/node tests/src/browser/measure-tabs.ts`. Needs Chromium and Linux.
 */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConsole } from '@tandem/console/build';
import { client } from '../support/http.ts';
import { spawnSystem } from '../support/process.ts';
import { openBrowser, withoutChromium } from './browser.ts';

const TABS = 5;
const SECONDS = 20;
/** Ticks of a second in /proc. */
const TICKS = 100;

/** Processes with their parents and the CPU time that they have taken, in ticks. */
async function processes() {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map((pid) => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')));
  return stats.flatMap((stat) => {
    const pid = Number.parseInt(stat, 10);
    // The name in parentheses may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number.isNaN(pid)
      ? []
      : { pid, parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  });
}

type Processes = Awaited<ReturnType<typeof processes>>;

/** CPU time of processes and their descendants, in ticks. */
function ticksOf(roots: Processes, all: Processes): number {
  return roots.reduce((sum, { pid, ticks }) => {
    const children = all.filter(({ parent }) => parent === pid);
    return sum + ticks + ticksOf(children, all);
  }, 0);
}

/** CPU time of the server and of the browser, both children of this process, in ticks. */
async function usage(server: number): Promise<{ readonly server: number; readonly browser: number }> {
  const all = await processes();
  const own = all.filter(({ parent }) => parent === process.pid);
  const [servers, others] = [
    own.filter(({ pid }) => pid === server),
    own.filter(({ pid }) => pid !== server),
  ];
  return { server: ticksOf(servers, all), browser: ticksOf(others, all) };
}

/** Sends `rate` requests a second, a tenth of them writes, for a while. */
async function load({ call }: Pick<ReturnType<typeof client>, 'call'>, rate: number): Promise<void> {
  const startedAt = performance.now();
  for (let index = 0; index < rate * SECONDS; index++) {
    await delay(Math.max(0, startedAt + (index * 1_000) / rate - performance.now()));
    if (index % 10 === 0) void call('PATCH', '/products/bell', { body: { price: index + 1 } });
    else void call('GET', '/products/bell');
  }
  await delay(Math.max(0, startedAt + SECONDS * 1_000 - performance.now()));
}

if (withoutChromium) {
  console.error(withoutChromium);
  process.exitCode = 1;
} else {
  const problem = await buildConsole();
  if (problem !== undefined) throw new Error(problem);
  await using system = await spawnSystem({ EPHEMERAL: '1', SEED: '1' });
  const api = client(system.urls.gateway);
  await api.putProduct('bell', { price: 1490 });
  await using browser = await openBrowser();
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  for (let tab = 0; tab < TABS; tab++) {
    const page = await context.newPage();
    await page.goto(`${system.urls.gateway}/#/flow`);
    await page.getByRole('status').filter({ hasText: 'Live' }).waitFor();
  }
  await delay(5_000);
  for (const rate of [0, 10, 50]) {
    const before = await usage(system.pid);
    await load(api, rate);
    const after = await usage(system.pid);
    const share = (ticks: number) => `${((100 * ticks) / TICKS / SECONDS).toFixed(0)} %`;
    console.log(
      `${TABS} tabs, ${rate} requests/s: server ${share(after.server - before.server)}, ` +
        `browser ${share(after.browser - before.browser)} of a core`,
    );
  }
}
