/**
 * Writes the pictures that are kept of each page, which screens.test.ts compares, and those of the README. Run it with `npm run
 * pictures`, and look at what has changed. Needs Chromium.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';
import { environment, frames, pictureOf, screens } from './screens.ts';

const root = join(import.meta.dirname, '../../..');
const kept = join(import.meta.dirname, 'pictures');

if (withoutChromium) {
  console.error(withoutChromium);
  process.exitCode = 1;
} else {
  await mkdir(kept, { recursive: true });
  for (const { name, ...options } of frames)
    await withConsole(async (fixture) => {
      for (const screen of screens) {
        await writeFile(join(kept, `${screen.name}-${name}.png`), await pictureOf(fixture, screen, options));
        console.log(`${screen.name}-${name}.png`);
      }
    }, environment);
  await withConsole(async ({ visit }) => {
    for (const [file, colorScheme] of [
      ['docs/console.png', 'light'],
      ['docs/console-dark.png', 'dark'],
    ] as const) {
      const options = { colorScheme, isOperator: true, viewport: { width: 1440, height: 900 } };
      await visit(
        'flow',
        async (page) => {
          await page.getByRole('button', { name: 'Generate an event' }).click();
          await page.waitForURL(/#\/flow\/trace\//);
          await page.getByRole('heading', { name: 'Trace', exact: true }).waitFor();
          await page
            .getByRole('main')
            .getByText('ProductAddedToCart')
            .filter({ visible: true })
            .first()
            .waitFor();
          await page.screenshot({ path: join(root, file) });
        },
        options,
      );
      console.log(file);
    }
  }, environment);
}
