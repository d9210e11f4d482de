import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { showProgress } from './progress.ts';

test('without a terminal, a line is printed at the start and for each quarter', () => {
  const stream = new PassThrough({ encoding: 'utf8' });
  const { update, stop } = showProgress(stream, 'importing', 10, 'products');
  for (const done of [1, 2, 3, 4, 8, 10]) update(done);
  stop();
  assert.equal(stream.read(), 'importing: 10 products\nimporting: 25 %\nimporting: 75 %\nimporting: 100 %\n');
});

test('on a terminal, a progress bar with the rate and the remaining time is shown', () => {
  const stream = Object.assign(new PassThrough({ encoding: 'utf8' }), {
    isTTY: true,
    cursorTo: () => true,
    moveCursor: () => true,
    clearLine: () => true,
    columns: 100,
  });
  const { update, stop } = showProgress(stream, 'importing', 10, 'products');
  update(10);
  stop();
  assert.match(
    String(stream.read()),
    /importing .*100 % \| 10\/10 products \| [\d,]+ products\/s \| \d+s left/,
  );
});
