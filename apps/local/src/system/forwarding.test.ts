import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { test } from 'node:test';
import { createForwarding } from './forwarding.ts';

const forwarding = createForwarding();

/** What a guarded service is told of addresses. */
function told(headers: IncomingHttpHeaders) {
  const server = createServer();
  forwarding.guard(server);
  const request = { headers: { ...headers } };
  server.emit('request', request);
  return request.headers['x-forwarded-for'];
}

test('the gateway appends the address to what the client claims', () => {
  assert.equal(told(forwarding.append({}, '192.0.2.1')), '192.0.2.1');
  const claimed = { 'x-forwarded-for': '198.51.100.1, 198.51.100.2' };
  assert.equal(told(forwarding.append(claimed, '192.0.2.1')), '198.51.100.1, 198.51.100.2, 192.0.2.1');
});

test('nobody but the gateway is believed', () => {
  assert.equal(told({ 'x-forwarded-for': '192.0.2.1' }), undefined);
  assert.equal(told(createForwarding().append({}, '192.0.2.1')), undefined);
});
