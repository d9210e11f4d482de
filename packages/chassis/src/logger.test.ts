import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from './logger.ts';
import { currentTraceId, runWithTrace } from './trace.ts';

function recorded(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  log(createLogger({ name: 'cart', level: 'info', destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line is JSON with name, level and time, and levels below the chosen one are left out', () => {
  const [line, ...rest] = recorded((logger) => {
    logger.debug('unseen');
    logger.info({ count: 1 }, 'seen');
  });
  assert.deepEqual(rest, []);
  assert.deepEqual(
    { ...line, time: undefined },
    { level: 'info', name: 'cart', count: 1, msg: 'seen', time: undefined },
  );
  assert.ok(Math.abs(Date.parse(String(line?.['time'])) - Date.now()) < 60_000);
});

test('credentials and idempotency keys are redacted wherever they are usual', () => {
  const secret = 's3cret';
  const headers = { authorization: secret, cookie: secret, 'set-cookie': secret, 'idempotency-key': secret };
  const text = JSON.stringify(
    recorded((logger) => {
      logger.info({ ...headers, token: secret, accessToken: secret, idempotencyKey: secret });
      logger.info({ headers, body: { token: secret } });
      logger.info({ req: { headers } });
    }),
  );
  assert.ok(!text.includes(secret), text);
});

test('a line within a trace carries its id', () => {
  const [line] = runWithTrace(undefined, () => {
    const id = currentTraceId();
    return recorded((logger) => logger.info({ id }, 'traced'));
  });
  assert.match(String(line?.['traceId']), /^[0-9a-f]{32}$/);
  assert.equal(line?.['traceId'], line?.['id']);
  assert.ok(!('traceId' in (recorded((logger) => logger.info('untraced'))[0] ?? {})));
});
