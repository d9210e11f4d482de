import type { Page } from 'playwright-core';
import { until } from '../support/until.ts';

/** Rows that say that the three services have applied the event of a trace. */
const APPLIED = [/^Product applied it/, /^Cart applied it/, /^Analytics applied it/];

/** Elements of the Flow page. */
export function flowOf(page: Page) {
  const events = page.getByRole('list', { name: 'Events, newest first' });
  const generate = () => page.getByRole('button', { name: 'Generate an event' }).click();
  const tree = page.getByRole('list', { name: 'What happened' });
  return {
    generate,
    node: (id: string) => page.locator(`[data-node="${id}"]`),
    /** Figure of a part as a number. */
    figure: async (id: string) =>
      Number(((await page.locator(`[data-node="${id}"] .figure`).textContent()) ?? '').replaceAll(',', '')),
    /** Entries of the live list of events. */
    entries: events.getByRole('listitem'),
    tree,
    /**
     * Names of the rows of the opened trace, all read at the same moment; resolves once the event was applied by Product, Cart
     * and Analytics.
     */
    settledRows: async () => {
      const rows = await until(
        () =>
          tree.getByRole('listitem').evaluateAll((items) =>
            items.map((item) => ({
              text: item.textContent?.replace(/\s+/g, ' ').trim() ?? '',
              name: item.querySelector('.type')?.textContent ?? '',
            })),
          ),
        (items) => APPLIED.every((row) => items.some(({ text }) => row.test(text))),
        { deadlineMs: 15_000 },
      );
      return rows.map(({ name }) => name);
    },
    /** Generates an event, and resolves once its trace is opened instead of the one that is. */
    generateAnother: async () => {
      const before = page.url();
      await generate();
      await page.waitForURL((url) => /trace/.test(url.hash) && url.href !== before);
    },
  };
}
