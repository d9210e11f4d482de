import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, Server } from 'node:http';

const KEY_HEADER = 'x-gateway-key';

/** The two sides of `X-Forwarded-For`. */
export interface Forwarding {
  /** For the gateway: the headers with the client's address appended, as a load balancer does it. */
  append(headers: IncomingHttpHeaders, address: string): IncomingHttpHeaders;
  /** Has a service's server forget what anyone but the gateway says of addresses. */
  guard(server: Server): void;
}

/**
 * On AWS nobody but the load balancer can connect to a service. Here everybody can, so the gateway shows a key that only
 * the processes of this system know.
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
