import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSampleApp } from './testing.ts';

const routes = { config: { handlerTimeoutMs: 20 } };

test(
  'the response for a handler that hangs is 503, with and without a body',
  { timeout: 10_000 },
  async () => {
    const { app } = await createSampleApp();
    app.all('/hang', routes, () => new Promise(() => undefined));
    for (const request of [{ method: 'GET' }, { method: 'POST', payload: { a: 1 } }] as const) {
      const response = await app.inject({ url: '/hang', ...request });
      assert.deepEqual([response.statusCode, response.headers['retry-after']], [503, '1']);
      assert.equal(response.json<{ type: string }>().type, 'urn:tandem:problem:timed-out');
    }
  },
);

test('a response of a handler after its timeout is ignored', async () => {
  const { app, logLines } = await createSampleApp();
  const late = Promise.withResolvers<{ late: boolean }>();
  app.get('/late', routes, () => late.promise);
  assert.equal((await app.inject('/late')).statusCode, 503);
  late.resolve({ late: true });
  assert.equal((await app.inject('/things/a')).statusCode, 200);
  assert.ok(!logLines.some(({ level }) => level === 'fatal'));
});

test('no timer wakes an idle app, and one watches all requests', async (t) => {
  const { app } = await createSampleApp();
  await app.ready();
  const started = t.mock.method(globalThis, 'setInterval');
  const stopped = t.mock.method(globalThis, 'clearInterval');
  for (let i = 0; i < 3; i++) await app.inject('/things/a');
  const [timer, ...others] = started.mock.calls.map(({ arguments: [sweep], result }) => ({ sweep, result }));
  assert.deepEqual([others, stopped.mock.callCount()], [[], 0]);
  assert.ok(timer);
  timer.sweep();
  assert.deepEqual(
    stopped.mock.calls.map(({ arguments: [interval] }) => interval),
    [timer.result],
  );
});
