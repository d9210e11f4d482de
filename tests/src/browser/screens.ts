import type { Page } from 'playwright-core';
import type { ConsoleFixture, Visit } from './fixture.ts';

/** View of the console of which a picture is kept. */
export interface Screen {
  readonly name: string;
  /** Address below `#/`. */
  readonly path: string;
  /** Text that the page shows once it has read what it shows. */
  readonly text: string;
  /** Largest share of pixels that may differ, where live figures are a part of the picture; default: 0.02. */
  readonly tolerance?: number;
}

/** A picture of each page. */
export const screens: readonly Screen[] = [
  { name: 'shop', text: 'Bell', path: 'shop' },
  { name: 'admin', text: 'Bell', path: 'admin' },
  { name: 'flow', text: 'gateway', path: 'flow', tolerance: 0.06 },
  { name: 'dead-letters', text: 'There are no dead letters.', path: 'dead-letters' },
  { name: 'faults', text: 'Duplicate Product’s events', path: 'faults' },
  { name: 'insights', text: 'There are no figures in these days', path: 'insights' },
  { name: 'bill', text: 'Containers', path: 'bill?traffic=average' },
  { name: 'docs', text: 'CartCheckedOut', path: 'docs' },
];

/** Widths, heights and colours of the pictures. */
export const frames = [
  { name: 'wide', viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { name: 'phone', viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;

/** Environment of the system in the pictures: with its sample products. */
export const environment = { SEED: '1' } as const;

/** What differs from one picture to the next: times, rates, ids, and what follows them. */
const CHANGING = [
  'time',
  '.connection',
  '.operator',
  '[role="status"]',
  '.live-list',
  'figure svg',
  'main .number',
];

/** Opens a screen in a frame as the operator, and resolves to its picture at half its size (PNG). */
export async function pictureOf(
  { visit }: Pick<ConsoleFixture, 'visit'>,
  { path, text }: Screen,
  frame: Visit,
): Promise<Buffer> {
  let picture: Buffer | undefined;
  const options = { ...frame, isOperator: true, deviceScaleFactor: 0.5, reducedMotion: 'reduce' } as const;
  await visit(
    path,
    async (page) => {
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.getByRole('main').getByText(text).filter({ visible: true }).first().waitFor();
      await settled(page);
      picture = await page.screenshot({
        animations: 'disabled',
        mask: CHANGING.map((selector) => page.locator(selector)),
        maskColor: '#808080',
      });
    },
    options,
  );
  if (!picture) throw new Error(`no picture of ${path}`);
  return picture;
}

/** Resolves once the fonts and images of a page are loaded and nothing of it moves any more. */
async function settled(page: Page): Promise<void> {
  await page.evaluate('document.fonts.ready');
  // The events of the sample products have passed.
  await page.locator('.connection .small').waitFor({ state: 'detached' });
  await page.waitForLoadState('load');
  const layout = () =>
    page.evaluate<string>(
      `[...document.querySelectorAll('main *')].map((e) => { const b = e.getBoundingClientRect(); return [b.x, b.y, b.width, b.height].join(); }).join(';') + [...document.images].every((i) => i.complete)`,
    );
  for (let before = '', after = await layout(); before !== after; after = await layout()) {
    before = after;
    // Two frames, and as long as what the page reads may take to arrive.
    await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 400)))');
  }
}
