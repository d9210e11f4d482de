import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { withoutChromium } from './browser.ts';
import { type ConsoleFixture, type Visit, withOutages } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 240_000 };
const all = ['shop', 'admin', 'flow', 'dead-letters', 'faults', 'insights', 'bill', 'docs'];

/** A page of the console that is open, and its name. */
type Opened = readonly (readonly [path: string, page: Page])[];

/** Opens the console several times, each in a browser context of its own, and runs a check while all are open. */
async function withPages(
  { visit }: ConsoleFixture,
  paths: readonly string[],
  check: (opened: Opened) => Promise<void>,
  options: Visit = { isOperator: true },
): Promise<void> {
  const open = async (rest: readonly string[], opened: Opened): Promise<void> => {
    const [path, ...further] = rest;
    if (path === undefined) return check(opened);
    return visit(path, (page) => open(further, [...opened, [path, page]]), options);
  };
  await open(paths, []);
}

const onEach = (opened: Opened, run: (page: Page, path: string) => Promise<void>) =>
  Promise.all(opened.map(([path, page]) => run(page, path)));
const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });
const silent = (page: Page) => page.getByText(/No news from the system for \d+ seconds?/).waitFor();

/** Resolves once a page shows its heading, and neither an error nor a lost connection. */
async function healed(page: Page, path: string): Promise<void> {
  await status(page, 'Live').waitFor();
  await page.getByText(/No news from the system/).waitFor({ state: 'detached' });
  await page.getByRole('heading', { level: 1 }).waitFor();
  for (const alert of await page.getByRole('alert').all())
    await alert
      .waitFor({ state: 'detached' })
      .catch(async () => assert.fail(`${path}: ${await alert.innerText()}`));
}

test('a page that is open while the system stops says so, and recovers once it is back', inBrowser, () =>
  withOutages(async (fixture) => {
    const { gateway, stop, restart } = fixture;
    await withPages(fixture, all, async (opened) => {
      await stop();
      await onEach(opened, silent);
      await restart();
      await onEach(opened, async (page, path) => {
        await healed(page, path);
        assert.equal(page.url(), `${gateway}/#/${path}`);
      });
    });
  }),
);

test('N7: a page says within seconds that the system hangs, and recovers once it answers', inBrowser, () =>
  withOutages(async (fixture) => {
    const { hang, resume } = fixture;
    await withPages(fixture, all, async (opened) => {
      hang();
      await onEach(opened, async (page) => {
        await silent(page);
        assert.equal(await status(page, 'Live').count(), 0);
      });
      resume();
      await onEach(opened, healed);
    });
  }),
);

test('M1: a page that is opened while the system is away appears once it is back', inBrowser, () =>
  withOutages(async (fixture) => {
    const { gateway, stop, restart } = fixture;
    const others = all.filter((path) => path !== 'shop');
    // Only the shop's code is loaded in each of them.
    const shops = others.map(() => 'shop');
    await withPages(
      fixture,
      shops,
      async (opened) => {
        const pages = opened.map(([, page], index) => [others[index] ?? '', page] as const);
        await stop();
        await onEach(pages, async (page, path) => {
          const failure = page.getByText('This page could not be loaded');
          await page.goto(`${gateway}/#/${path}`);
          await failure.waitFor();
          await page.getByRole('button', { name: 'Try again' }).click();
          await failure.waitFor();
        });
        await restart();
        await onEach(pages, healed);
      },
      {},
    );
  }),
);

test('M2: no page keeps an error of a service that was killed and is back', inBrowser, () =>
  withOutages(async (fixture) => {
    const { gateway, kill, untilReady } = fixture;
    await withPages(fixture, all, async (opened) => {
      await kill('product');
      const down = (page: Page) => page.getByText('Product does not answer.');
      // Each page reads again while the service is away.
      await onEach(opened, async (page, path) => {
        await down(page).waitFor();
        await page.goto(`${gateway}/#/unknown`);
        await page.goto(`${gateway}/#/${path}`);
      });
      await untilReady();
      await onEach(opened, async (page, path) => {
        await down(page).waitFor({ state: 'detached' });
        await healed(page, path);
      });
    });
  }),
);
