import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFromThisMachine } from './this-machine.ts';

const from = (remoteAddress: string | undefined, localAddress = '192.0.2.1', headers = {}) =>
  isFromThisMachine({ headers, socket: { remoteAddress, localAddress } });

test('a request of the loopback, or of an own address, is from this machine (security 9)', () => {
  assert.ok(from('127.0.0.1', '127.0.0.1'));
  assert.ok(from('::1', '::1'));
  assert.ok(from('::ffff:127.0.0.1'));
  assert.ok(from('192.0.2.1', '192.0.2.1'));
  assert.ok(from('::ffff:192.0.2.1', '::ffff:192.0.2.1'));
});

test('a request of another machine, or of one behind a proxy of this machine, is not (security 9)', () => {
  assert.ok(!from('192.0.2.7'));
  assert.ok(!from('::ffff:192.0.2.7'));
  assert.ok(!from('2001:db8::7', '2001:db8::1'));
  assert.ok(!from(undefined));
  for (const header of ['forwarded', 'x-forwarded-for', 'x-real-ip'])
    assert.ok(!from('127.0.0.1', '127.0.0.1', { [header]: '192.0.2.7' }), header);
});
