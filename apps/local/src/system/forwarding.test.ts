import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { createForwarding } from './forwarding.ts';

const forwarding = createForwarding();

/** A header, by default `X-Forwarded-For`, as it reaches a guarded service. */
function received(headers: IncomingHttpHeaders, name = 'x-forwarded-for') {
  const server = createServer();
  forwarding.guard(server);
  const request = { headers: { ...headers } };
  server.emit('request', request);
  return request.headers[name];
}

test('the gateway appends the client address to the header that the client sent', () => {
  assert.equal(received(forwarding.append({}, '192.0.2.1')), '192.0.2.1');
  const claimed = { 'x-forwarded-for': '198.51.100.1, 198.51.100.2' };
  assert.equal(received(forwarding.append(claimed, '192.0.2.1')), '198.51.100.1, 198.51.100.2, 192.0.2.1');
});

test('a service ignores the header of any sender but the gateway', () => {
  assert.equal(received({ 'x-forwarded-for': '192.0.2.1' }), undefined);
  assert.equal(received(createForwarding().append({}, '192.0.2.1')), undefined);
});

test('the gateway, to which clients connect without TLS, overwrites a claimed protocol (security 13)', () => {
  const claimed = { 'x-forwarded-proto': 'https' };
  assert.equal(received(forwarding.append(claimed, '192.0.2.1'), 'x-forwarded-proto'), 'http');
  assert.equal(received(claimed, 'x-forwarded-proto'), undefined);
});
