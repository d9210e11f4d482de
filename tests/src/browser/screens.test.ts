import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { test } from 'node:test';
import { PNG } from 'pngjs';
import { withoutChromium } from './browser.ts';
import { differenceOf } from './compare-pictures.ts';
import { withConsole } from './fixture.ts';
import { environment, frames, pictureOf, screens } from './screens.ts';

const root = join(import.meta.dirname, '../../..');
const kept = join(import.meta.dirname, 'pictures');
const failed = join(root, '.cache/pictures');

/** Largest share of pixels that may differ: other versions of Chromium and other fonts for code draw some differently. */
const TOLERANCE = 0.02;

for (const { name: frame, ...options } of frames)
  test(
    `every page looks as in its kept picture: ${frame}`,
    { skip: withoutChromium, timeout: 240_000 },
    async (t) => {
      await withConsole(async (fixture) => {
        const different: string[] = [];
        for (const screen of screens) {
          const file = `${screen.name}-${frame}.png`;
          const actual = await pictureOf(fixture, screen, options);
          const { share, picture } = differenceOf(await readFile(join(kept, file)), actual);
          t.diagnostic(`${file}: ${(100 * share).toFixed(2)} % differ`);
          if (share <= (screen.tolerance ?? TOLERANCE)) continue;
          await mkdir(failed, { recursive: true });
          await writeFile(join(failed, file), actual);
          if (picture) await writeFile(join(failed, `difference-${file}`), picture);
          different.push(
            `${file}: ${(100 * share).toFixed(1)} % differ, see ${relative(root, join(failed, file))}`,
          );
        }
        assert.deepEqual(
          different,
          [],
          'Look at the pictures; if they are right, keep them by npm run pictures.',
        );
      }, environment);
    },
  );

test('a picture with a smaller chart is different, the same picture is not', () => {
  const draw = (height: number) => {
    const png = new PNG({ width: 100, height: 100, fill: true });
    png.data.fill(255);
    for (let y = 0; y < height; y++)
      for (let x = 0; x < 100; x++) png.data.set([0, 0, 0, 255], 4 * (100 * y + x));
    return PNG.sync.write(png);
  };
  assert.equal(differenceOf(draw(50), draw(50)).share, 0);
  assert.ok(differenceOf(draw(50), draw(40)).share > TOLERANCE);
  const other = PNG.sync.write(new PNG({ width: 100, height: 99 }));
  assert.equal(differenceOf(draw(50), other).share, 1);
});
