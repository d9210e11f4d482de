import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLogger } from './logger.ts';
import { currentTraceId, runWithTrace } from './trace.ts';

function linesOf(log: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  log(createLogger({ name: 'cart', level: 'info', destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a log line is JSON with name, level and time; lines below the minimum level are omitted', () => {
  const [line, ...rest] = linesOf((logger) => {
    logger.debug('below the minimum level');
    logger.info({ count: 1 }, 'at the minimum level');
  });
  assert.deepEqual(rest, []);
  assert.deepEqual(
    { ...line, time: undefined },
    { level: 'info', name: 'cart', count: 1, msg: 'at the minimum level', time: undefined },
  );
  assert.match(String(line?.['time']), /Z$/);
  assert.ok(Math.abs(Date.parse(String(line?.['time'])) - Date.now()) < 60_000);
});

test('credentials and idempotency keys are redacted at the top level, one level below and in headers', () => {
  const secret = 's3cret';
  const headers = { authorization: secret, cookie: secret, 'set-cookie': secret, 'idempotency-key': secret };
  const text = JSON.stringify(
    linesOf((logger) => {
      logger.info({ ...headers, token: secret, accessToken: secret, idempotencyKey: secret });
      logger.info({ headers, body: { token: secret } });
      logger.info({ req: { headers } });
    }),
  );
  assert.ok(!text.includes(secret), text);
});

test('a log line within a trace has its trace id', () => {
  const [line] = runWithTrace(undefined, () => {
    const id = currentTraceId();
    return linesOf((logger) => logger.info({ id }, 'traced'));
  });
  assert.match(String(line?.['traceId']), /^[0-9a-f]{32}$/);
  assert.equal(line?.['traceId'], line?.['id']);
  assert.ok(!('traceId' in (linesOf((logger) => logger.info('untraced'))[0] ?? {})));
});

test('control and invisible characters are escaped in a log line, whose values stay the same (security 11)', () => {
  const lines: string[] = [];
  const text = '\u001B[2J\u009B2J\u007F\u202E\u200B\u{E0041} café 🚲';
  const destination = { write: (line: string) => void lines.push(line) };
  const logger = createLogger({ name: 'cart', level: 'info', destination });
  logger.child({ part: text }).error({ text, err: new Error(text) }, text);
  const [line = ''] = lines;
  assert.match(line, /^[^\p{Cc}\p{Cf}]+\n$/u);
  assert.match(line, /café 🚲/);
  const { msg, text: field } = JSON.parse(line) as { msg: string; text: string };
  assert.deepEqual([msg, field], [text, text]);
});
