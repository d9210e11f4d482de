import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, Server } from 'node:http';

const KEY_HEADER = 'x-gateway-key';

/** Trust in `X-Forwarded-For`: its sender and its receiver. */
export type Forwarding = ReturnType<typeof createForwarding>;

/**
 * Creates both sides for one key. On AWS only the load balancer can connect to a service. On one machine any process can, so
 * the gateway sends a key that only the processes of this system know.
 */
export function createForwarding(key: string = randomUUID()) {
  return {
    /** For the gateway: returns the headers with the client's address appended, and its protocol, as a load balancer does. */
    append: (headers: IncomingHttpHeaders, address: string): IncomingHttpHeaders => ({
      ...headers,
      'x-forwarded-for': [headers['x-forwarded-for'] ?? [], address].flat().join(', '),
      'x-forwarded-proto': 'http',
      [KEY_HEADER]: key,
    }),
    /** For a service: drops both headers from requests that do not come from the gateway. */
    guard: (server: Server) => {
      server.prependListener('request', ({ headers }) => {
        if (headers[KEY_HEADER] === key) return;
        delete headers['x-forwarded-for'];
        delete headers['x-forwarded-proto'];
      });
    },
  };
}
