import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import {
  describeConfig,
  duration,
  flag,
  integer,
  list,
  port,
  readConfig,
  scopeNames,
  share,
} from './config.ts';

const schema = z.object({
  PORT: port.default(8081).describe('Port to listen on; 0 for any free port'),
  ISSUER: z.url().describe('Issuer of tokens'),
  EPHEMERAL: flag.describe('Store nothing').default(false),
  LEASE: duration.default(30_000).describe('Duration of a lease'),
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

test('the error has one line for each fault, without the value', () => {
  assert.throws(
    () => readConfig(schema, { PORT: '70000', EPHEMERAL: 's3cret', LEASE: '5 minutes' }),
    (error: Error) => {
      assert.deepEqual(error.message.split('\n'), [
        'Invalid configuration',
        'PORT: expected an integer from 0 to 65535 (Port to listen on; 0 for any free port)',
        'ISSUER: is not set (Issuer of tokens)',
        'EPHEMERAL: expected 1 or 0, true or false, yes or no, on or off (Store nothing)',
        'LEASE: expected a number with a unit: ms, s, m, h or d (Duration of a lease)',
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
  test(`${malformed} is not a port`, () => assert.equal(port.safeParse(malformed).success, false));
}

test('each variable is described with its default and whether it is required', () => {
  assert.deepEqual(describeConfig(schema), [
    { name: 'PORT', description: 'Port to listen on; 0 for any free port', default: '8081', required: false },
    { name: 'ISSUER', description: 'Issuer of tokens', default: undefined, required: true },
    { name: 'EPHEMERAL', description: 'Store nothing', default: 'false', required: false },
    { name: 'LEASE', description: 'Duration of a lease', default: '30000', required: false },
    { name: 'RATE_LIMIT', description: 'Requests a second', default: undefined, required: false },
  ]);
});

test('a list is separated by commas, without empty entries', () => {
  assert.deepEqual(list.parse('a, b,c d'), ['a', 'b', 'c d']);
  for (const text of ['', ',', 'a,', 'a,,b']) assert.throws(() => list.parse(text), /separated by commas/);
});

test('a scope has one or several names of the issuer', () => {
  assert.deepEqual(scopeNames.parse('a:b=X/a:b, c=https://y?z=1,a:b=Y'), {
    'a:b': ['X/a:b', 'Y'],
    c: ['https://y?z=1'],
  });
  assert.deepEqual(scopeNames.parse('constructor=x,toString=y'), { constructor: ['x'], toString: ['y'] });
  for (const text of ['a', '=a', 'a=', 'a=b,c']) assert.throws(() => scopeNames.parse(text), /SCOPE=NAME/);
});
