import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { describeConfig, duration, flag, integer, port, readConfig, share } from './config.ts';

const schema = z.object({
  PORT: port.default(8081).describe('Port to listen on; 0 means any'),
  ISSUER: z.url().describe('Who issues tokens'),
  EPHEMERAL: flag.describe('Keep nothing').default(false),
  LEASE: duration.default(30_000).describe('How long a lease lasts'),
  RATE_LIMIT: integer(1, 100_000).optional().describe('Requests a second'),
});

test('variables are parsed by the schema, and defaults apply', () => {
  assert.deepEqual(readConfig(schema, { ISSUER: 'https://issuer.test', OTHER: 'ignored' }), {
    PORT: 8081,
    ISSUER: 'https://issuer.test',
    EPHEMERAL: false,
    LEASE: 30_000,
  });
  assert.deepEqual(
    readConfig(schema, {
      PORT: '0',
      ISSUER: 'https://issuer.test',
      EPHEMERAL: '1',
      LEASE: '2h',
      RATE_LIMIT: '50',
    }),
    { PORT: 0, ISSUER: 'https://issuer.test', EPHEMERAL: true, LEASE: 7_200_000, RATE_LIMIT: 50 },
  );
});

test('an empty variable counts as unset', () => {
  assert.equal(readConfig(schema, { PORT: '', ISSUER: 'https://issuer.test' }).PORT, 8081);
});

test('durations are milliseconds', () => {
  const parsed = ['500ms', '30s', '5m', '7d'].map((text) => duration.parse(text));
  assert.deepEqual(parsed, [500, 30_000, 300_000, 604_800_000]);
});

test('every fault is named on a line of its own, without the value', () => {
  assert.throws(
    () => readConfig(schema, { PORT: '70000', EPHEMERAL: 's3cret', LEASE: '5 minutes' }),
    (error: Error) => {
      assert.deepEqual(error.message.split('\n'), [
        'Invalid configuration',
        'PORT: expected an integer from 0 to 65535 (Port to listen on; 0 means any)',
        'ISSUER: is not set (Who issues tokens)',
        'EPHEMERAL: expected 1 or 0, true or false, yes or no, on or off (Keep nothing)',
        'LEASE: expected a number with a unit: ms, s, m, h or d (How long a lease lasts)',
      ]);
      return true;
    },
  );
});

test('a share is a number from 0 to 1', () => {
  const parsed = ['0', '1', '0.01', '.5'].map((text) => share.parse(text));
  assert.deepEqual(parsed, [0, 1, 0.01, 0.5]);
  for (const malformed of ['1.5', '-0.1', '1 %', '1e-2', '']) {
    assert.equal(share.safeParse(malformed).success, false, malformed);
  }
});

for (const malformed of ['8081x', '0x10', '1e3', ' 1', '1.5', '-1', '99999999999999999999']) {
  test(`${malformed} is no port`, () => assert.equal(port.safeParse(malformed).success, false));
}

test('what can be configured is described', () => {
  assert.deepEqual(describeConfig(schema), [
    { name: 'PORT', description: 'Port to listen on; 0 means any', default: '8081', required: false },
    { name: 'ISSUER', description: 'Who issues tokens', default: undefined, required: true },
    { name: 'EPHEMERAL', description: 'Keep nothing', default: 'false', required: false },
    { name: 'LEASE', description: 'How long a lease lasts', default: '30000', required: false },
    { name: 'RATE_LIMIT', description: 'Requests a second', default: undefined, required: false },
  ]);
});
