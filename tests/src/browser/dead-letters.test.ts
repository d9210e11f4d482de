import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { openQueues } from '../support/queues.ts';
import { assertAccessible, withoutChromium } from './browser.ts';
import { type ConsoleFixture, withConsole } from './fixture.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const DLQ = 'cart-product-updates-dlq';

const asOperator = ({ visit }: ConsoleFixture, path: string, check: (page: Page) => Promise<void>) =>
  visit(path, check, { isOperator: true });
const message = (page: Page, text: string | RegExp) =>
  page.getByRole('list', { name: 'Messages' }).getByRole('listitem').filter({ hasText: text });
const says = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text }).waitFor();

/** Puts messages into a dead-letter queue: `broken` ones that no consumer accepts, and `right` ones that Cart accepts. */
async function fill(fixture: ConsoleFixture, { broken = 0, right = 0 }): Promise<void> {
  const { body: about } = await fixture.api.call<{ urls: { aws: string } }>('GET', '/console/about');
  using queues = openQueues(about.urls.aws);
  const event = (id: string, more: object) => ({
    body: JSON.stringify({ eventType: 'ProductDeleted', eventId: id, schemaVersion: 1, ...more }),
    attributes: { eventType: 'ProductDeleted', eventId: id },
  });
  const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);
  await queues.send(
    DLQ,
    ...numbers(broken).map((number) => event(`broken-${number}`, { productId: 7 })),
    ...numbers(right).map((number) =>
      event(`right-${number}`, {
        productId: `gone-${number}`,
        version: 2,
        updatedAt: new Date().toISOString(),
      }),
    ),
  );
}

test(
  'M7: a poison message is dead-lettered with its reason, comes back if it is redriven anyway, and can be discarded',
  inBrowser,
  () =>
    withConsole((fixture) =>
      asOperator(fixture, 'dead-letters', async (page) => {
        await page.getByText('There are no dead letters.').waitFor();
        await page
          .getByRole('button', { name: 'Send a poison message to cart-product-updates-queue' })
          .click();
        await page.getByRole('status').getByRole('link', { name: DLQ }).click();
        const deadLetter = message(page, '/schemaVersion: ');
        await deadLetter.getByText('5 attempts failed').waitFor();
        await page.setViewportSize({ width: 360, height: 800 });
        await assertAccessible(page, 'a dead letter');

        await page.getByRole('button', { name: 'Redrive 1 message', exact: true }).click();
        await says(page, '0 messages redriven, 1 left');
        page.once('dialog', (dialog) => void dialog.accept());
        await page.getByRole('button', { name: 'Redrive 1 message anyway' }).click();
        await says(page, '1 message redriven, 0 left');
        await page.getByText('No dead letter matches.').waitFor();
        await deadLetter.getByText(/redriven .*, and failed again/).waitFor();

        await deadLetter.getByText('Discard', { exact: true }).click();
        await deadLetter
          .getByRole('textbox', { name: 'Reason why this message can be discarded' })
          .fill('a drill');
        await deadLetter.getByRole('button', { name: 'Discard this message' }).click();
        await says(page, '1 message discarded and recorded');
        await page.getByText('No dead letter matches.').waitFor();
        await page
          .getByRole('link', { name: /^Dead letters/ })
          .filter({ hasNotText: '1' })
          .waitFor();
      }),
    ),
);

test('M7: an edited message is redriven once its body matches the schema', inBrowser, () =>
  withConsole(async (fixture) => {
    await fill(fixture, { broken: 1 });
    await asOperator(fixture, `dead-letters/${DLQ}`, async (page) => {
      const deadLetter = message(page, '/productId: ');
      await deadLetter.getByText('Edit and redrive').click();
      const body = deadLetter.getByRole('textbox', { name: /^Body of/ });
      const event = JSON.parse(await body.inputValue()) as object;
      await body.fill(JSON.stringify({ ...event, productId: 'bell' }));
      await deadLetter.getByRole('button', { name: 'Redrive with this body' }).click();
      await page.getByRole('alert').or(message(page, 'Not redriven')).first().waitFor();
      const corrected = { ...event, productId: 'gone', version: 2, updatedAt: new Date().toISOString() };
      await body.fill(JSON.stringify(corrected));
      await deadLetter.getByRole('button', { name: 'Redrive with this body' }).click();
      await says(page, '1 message redriven, 0 left');
      await page.getByText('No dead letter matches.').waitFor();
    });
  }),
);

test('N5: 131 dead letters are grouped by reason, filtered, and all of them can be reached', inBrowser, () =>
  withConsole(async (fixture) => {
    await fill(fixture, { broken: 130, right: 1 });
    await asOperator(fixture, 'dead-letters', async (page) => {
      await page.getByRole('heading', { name: '131 messages, 2 reasons' }).waitFor();
      await page.getByText('1 to 25 of 131').waitFor();
      for (let from = 26; from <= 126; from += 25) {
        await page.getByRole('link', { name: 'Next messages' }).click();
        await page.getByText(`${from} to ${Math.min(from + 24, 131)} of 131`).waitFor();
      }
      await page.goBack();
      await page.getByText('101 to 125 of 131').waitFor();
      await page.getByRole('searchbox').fill('right-0');
      await page.getByRole('heading', { name: '1 message, 1 reason' }).waitFor();
      await page.reload();
      await page.getByRole('heading', { name: '1 message, 1 reason' }).waitFor();
      await page.getByRole('button', { name: 'Redrive 1 message', exact: true }).click();
      await says(page, '1 message redriven, 0 left');
      await page.getByRole('searchbox').fill('');
      await page.getByRole('heading', { name: '130 messages, 1 reason' }).waitFor();

      await page.getByRole('list', { name: 'Reasons' }).locator('summary').click();
      await page.getByRole('textbox', { name: 'Reason why 130 messages' }).fill('a drill');
      await page.getByRole('button', { name: 'Discard 130 messages' }).click();
      await says(page, '130 messages discarded and recorded');
      await page.getByText('There are no dead letters.').waitFor();
    });
  }),
);

test(
  'the numbers of a page are those of the messages that are shown, also while the next page is read',
  inBrowser,
  () =>
    withConsole(async (fixture) => {
      await fill(fixture, { broken: 60 });
      await asOperator(fixture, 'dead-letters', async (page) => {
        const held = Promise.withResolvers<void>();
        await page.route('**/console/dead-letter-messages?*offset=25*', async (route) => {
          await held.promise;
          await route.continue();
        });
        const next = page.getByRole('link', { name: 'Next messages' });
        await page.getByText('1 to 25 of 60').waitFor();
        await next.click();
        await page.waitForURL(/offset=25$/);
        await page.evaluate(
          'new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown)))',
        );
        assert.equal(await page.getByText('1 to 25 of 60').count(), 1);
        // Leads to the page after the one that is shown.
        await next.click();
        assert.match(page.url(), /offset=25$/);
        held.resolve();
        await page.getByText('26 to 50 of 60').waitFor();
        await next.click();
        await page.getByText('51 to 60 of 60').waitFor();
      });
    }),
);

test('from a dead letter to its cause: its reason at once, its trace with one click', inBrowser, () =>
  withConsole((fixture) =>
    asOperator(fixture, 'dead-letters', async (page) => {
      await page.getByRole('button', { name: 'Send a poison message to cart-product-updates-queue' }).click();
      await page.getByRole('link', { name: /^Dead letters.*1$/ }).click();
      const deadLetter = message(page, '/schemaVersion: ');
      await deadLetter.getByRole('link', { name: 'Follow its trace' }).click();
      await page.getByRole('heading', { level: 1, name: 'Flow' }).waitFor();
      await page
        .getByText(/attempt 5/)
        .first()
        .waitFor();
      assert.match(page.url(), /#\/flow\/trace\/[0-9a-f]{32}$/);
    }),
  ),
);
