import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';

/** Headers that concern one connection only (RFC 9110, 7.6.1), with those of proxies and of its older versions. */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'upgrade',
  'http2-settings',
] as const;

/** Name of the gateway in `Via`. */
const PSEUDONYM = 'tandem';

/**
 * The headers of a request as the gateway forwards them: without those of its connection, with `Via`, and framed by the body that
 * is forwarded. Fastify reads no body of some methods: its length would otherwise count into the next request of the
 * connection. Expects that the headers named by `Connection` are gone.
 */
export function requestHeaders(
  { body, raw }: { readonly body: unknown; readonly raw: Pick<IncomingMessage, 'method' | 'httpVersion'> },
  received: IncomingHttpHeaders,
): IncomingHttpHeaders {
  const headers = withoutHops(received);
  // The gateway has responded 100 to it.
  delete headers.expect;
  const { 'content-length': length, via, 'max-forwards': hops } = headers;
  delete headers['transfer-encoding'];
  if (body === undefined || body === null) delete headers['content-length'];
  else if (length === undefined) headers['transfer-encoding'] = 'chunked';
  if (hops !== undefined && canBeLimited(raw.method)) headers['max-forwards'] = String(Number(hops) - 1);
  headers.via = [via, `${raw.httpVersion} ${PSEUDONYM}`].filter((hop) => hop !== undefined).join(', ');
  return headers;
}

/** The headers of a response without those of the connection that it came by. */
export function responseHeaders(received: IncomingHttpHeaders): IncomingHttpHeaders {
  const headers = withoutHops(received);
  delete headers['transfer-encoding'];
  return headers;
}

/** Whether `Max-Forwards` ends here for a request (RFC 9110, 7.6.2). */
export function hasNoHopLeft({ method, headers }: Pick<FastifyRequest, 'method' | 'headers'>): boolean {
  return canBeLimited(method) && /^0+$/.test(String(headers['max-forwards'] ?? ''));
}

const canBeLimited = (method = '') => method === 'OPTIONS' || method === 'TRACE';

function withoutHops(received: IncomingHttpHeaders): IncomingHttpHeaders {
  const headers = { ...received };
  for (const name of (received.connection ?? '').split(',')) delete headers[name.trim().toLowerCase()];
  for (const name of HOP_BY_HOP) delete headers[name];
  return headers;
}
