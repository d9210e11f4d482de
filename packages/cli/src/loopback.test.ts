import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exemptLoopback, isLoopback } from './loopback.ts';

test('localhost and the addresses of the machine itself are loopback', () => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    '127.0.0.1',
    '127.1.2.3',
    '::1',
    '0:0:0:0:0:0:0:1',
    '::ffff:127.0.0.1',
  ])
    assert.ok(isLoopback(host), host);
  for (const host of [
    '0.0.0.0',
    '::',
    '192.0.2.1',
    '128.0.0.1',
    '::2',
    '::ffff:192.0.2.1',
    'localhost.example',
    '127.0.0.1.example',
    '',
  ])
    assert.ok(!isLoopback(host), host);
});

test('loopback is added to each variable that is set, or else to NO_PROXY, once (interop A19)', () => {
  const after = (env: NodeJS.ProcessEnv, ...hosts: readonly string[]) => {
    exemptLoopback(env, ...hosts);
    exemptLoopback(env, ...hosts);
    return env;
  };
  const own = 'localhost,127.0.0.1,[::1]';
  assert.deepEqual(after({}), { NO_PROXY: own });
  assert.deepEqual(after({ no_proxy: 'a.example, b.example' }), { no_proxy: `a.example,b.example,${own}` });
  assert.deepEqual(after({ no_proxy: '', NO_PROXY: '*' }), { no_proxy: own, NO_PROXY: `*,${own}` });
  assert.deepEqual(after({}, '127.0.0.5', '192.0.2.1'), { NO_PROXY: `${own},127.0.0.5` });
});
