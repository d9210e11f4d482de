import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { client } from '../support/http.ts';
import { withoutChromium } from './browser.ts';
import { withConsole } from './fixture.ts';
import { flowOf } from './flow-support.ts';

const inBrowser = { skip: withoutChromium, timeout: 120_000 };
const REQUESTS_PER_SECOND = 300;
const SECONDS = 10;

/** Sends requests at a constant rate, a tenth of them writes that publish events; resolves to the number that succeeded. */
async function load({ call }: Pick<ReturnType<typeof client>, 'call'>): Promise<number> {
  const startedAt = performance.now();
  const sent: Promise<boolean>[] = [];
  for (let index = 0; index < REQUESTS_PER_SECOND * SECONDS; index++) {
    const dueAt = startedAt + (index * 1_000) / REQUESTS_PER_SECOND;
    if (dueAt > performance.now()) await delay(dueAt - performance.now());
    const isWrite = index % 10 === 0;
    const response = isWrite
      ? call('PATCH', '/products/bell', { body: { price: index + 1 } })
      : call('GET', '/products/lamp');
    sent.push(response.then(({ status }) => status === 200));
  }
  return (await Promise.all(sent)).filter(Boolean).length;
}

test('Flow stays usable at 300 requests a second', inBrowser, async (t) => {
  await withConsole(async ({ api, visit }) => {
    await visit('flow', async (page) => {
      const { entries, generate, settledRows } = flowOf(page);
      await page.evaluate(`(() => {
        const frames = (globalThis.frameTimes = []);
        let last = performance.now();
        const next = (now) => { frames.push(now - last); last = now; requestAnimationFrame(next); };
        requestAnimationFrame(next);
      })()`);
      const loading = load(api);
      await entries.filter({ hasText: 'ProductUpdated' }).first().waitFor();
      const succeeded = await loading;
      const frames = await page.evaluate<number[]>('frameTimes.toSorted((a, b) => a - b)');
      const at = (share: number) => Math.round(frames[Math.floor(frames.length * share)] ?? 0);
      t.diagnostic(
        `${succeeded} of ${REQUESTS_PER_SECOND * SECONDS} requests in ${SECONDS} s; ` +
          `frames: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms, longest ${at(0.9999)} ms`,
      );
      assert.ok(frames.length > 50);
      await generate();
      assert.equal((await settledRows())[0], 'POST /carts/guest-…/items');
    });
  });
});
