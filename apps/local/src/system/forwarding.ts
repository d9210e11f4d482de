import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, Server } from 'node:http';

const KEY_HEADER = 'x-gateway-key';

/** Trust in `X-Forwarded-For`: its sender and its receiver. */
export interface Forwarding {
  /** For the gateway: returns the headers with the client's address appended, as a load balancer does. */
  append(headers: IncomingHttpHeaders, address: string): IncomingHttpHeaders;
  /** For a service: drops the header from requests that do not come from the gateway. */
  guard(server: Server): void;
}

/**
 * Creates both sides for one key. On AWS only the load balancer can connect to a service. On one machine any process can, so
 * the gateway sends a key that only the processes of this system know.
 */
export function createForwarding(key: string = randomUUID()): Forwarding {
  return {
    append: (headers, address) => ({
      ...headers,
      'x-forwarded-for': [headers['x-forwarded-for'] ?? [], address].flat().join(', '),
      [KEY_HEADER]: key,
    }),
    guard: (server) => {
      server.prependListener('request', ({ headers }) => {
        if (headers[KEY_HEADER] !== key) delete headers['x-forwarded-for'];
      });
    },
  };
}
