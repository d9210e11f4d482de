import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { mintToken } from '@tandem/emulators/issuer';
import { queueUrl } from '@tandem/emulators/messaging-config';
import { client } from '../support/http.ts';
import {
  importInFlight,
  mug,
  sendFirstPart,
  untilConnectionsRefused,
} from '../support/requests-in-flight.ts';
import { openClients } from '../support/messaging.ts';
import { spawnSystem } from '../support/process.ts';

/** The contract's limit. */
const STOP_LIMIT_MS = 25_000;
/** Limit of a stop without requests in flight, on a busy machine. */
const IDLE_STOP_LIMIT_MS = 5_000;

const authorization = `Bearer ${await mintToken({ subject: 'test', scopes: ['products:write'] })}`;

function halves(text: string): [string, string] {
  return [text.slice(0, text.length / 2), text.slice(text.length / 2)];
}

// The first test mostly waits, so that the others run concurrently with it, one at a time.
describe('graceful shutdown', { concurrency: 2 }, () => {
  test('clients that never finish their requests do not delay the stop beyond its limit', async (t) => {
    await using system = await spawnSystem({ EPHEMERAL: '1' });
    const { gateway, product } = system.urls;
    const imports = await Promise.all([importInFlight(gateway, 'via'), importInFlight(product, 'direct')]);
    const { code, stopMs } = await system.stop();
    for (const request of imports) request.abort();
    t.diagnostic(`stopped ${Math.round(stopMs)} ms after SIGTERM`);
    assert.equal(code, 0);
    assert.ok(stopMs < STOP_LIMIT_MS, `${stopMs} ms`);
  });

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    test(`${signal} stops an idle system with exit code 0, although connections are kept alive`, async (t) => {
      await using system = await spawnSystem();
      assert.equal((await client(system.urls.product).putProduct('mug')).status, 201);
      const { code, stderr, stopMs } = await system.stop(signal);
      t.diagnostic(`stopped ${Math.round(stopMs)} ms after ${signal}`);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.ok(stopMs < IDLE_STOP_LIMIT_MS, `${stopMs} ms`);
    });

    test(`${signal} finishes requests in flight and ends long polls`, async (t) => {
      await using system = await spawnSystem();
      const { gateway, product, aws } = system.urls;

      using clients = openClients(aws);
      const QueueUrl = queueUrl(aws, 'cart-product-updates-dlq');
      const polled = clients.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 }));
      polled.catch(() => undefined);
      const headers = { authorization, 'content-type': 'application/json' };
      const ids = ['a', 'b', 'c', 'd', 'e'];
      const creations = await Promise.all(
        ids.map(async (id) => sendFirstPart(`${gateway}/products`, headers, halves(JSON.stringify(mug(id))))),
      );
      const imports = await Promise.all([importInFlight(gateway, 'via'), importInFlight(product, 'direct')]);

      system.send(signal);
      await untilConnectionsRefused(gateway);
      const responses = await Promise.all([...creations, ...imports].map((request) => request.finish()));
      const exit = system.exit();
      assert.deepEqual(
        responses.map(({ status }) => status),
        [201, 201, 201, 201, 201, 200, 200],
      );
      for (const { text } of responses.slice(-2))
        assert.deepEqual(JSON.parse(text), { created: 2, updated: 0, unchanged: 0, rejected: [] });

      assert.equal((await polled).Messages, undefined);
      const { code, stderr, stopMs } = await exit;
      t.diagnostic(`stopped ${Math.round(stopMs)} ms after the last response`);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.ok(stopMs < IDLE_STOP_LIMIT_MS, `${stopMs} ms`);
    });
  }

  test('a repeated signal, as from a terminal and from npm, still stops gracefully', async () => {
    await using system = await spawnSystem({ EPHEMERAL: '1' });
    const request = await importInFlight(system.urls.gateway, 'mug');
    system.send('SIGINT');
    await untilConnectionsRefused(system.urls.gateway);
    system.send('SIGINT');
    system.send('SIGTERM');
    assert.equal((await request.finish()).status, 200);
    const { code, signal } = await system.exit();
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
  });
});
