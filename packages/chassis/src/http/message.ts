import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { runWithTrace } from '../trace.ts';
import { traceparentOf } from './hooks.ts';
import { ProtocolError, sendProblem } from './problem.ts';
import { registerRoute } from './route.ts';
import type { App } from './types.ts';

type Message = Pick<IncomingMessage, 'method' | 'url' | 'headers' | 'rawHeaders' | 'httpVersion'>;

/** A host as RFC 3986 writes it, with an optional port; it has no user. */
const HOST = /^(?:\[[\dA-Fa-f:.]+\]|[\w.~!$&'()*+,;=%-]+)(?::\d{0,5})?$/;

/**
 * For Fastify's `rewriteUrl`: the origin-form of a target in absolute-form, whose host then replaces that of the Host header
 * (RFC 9112, 3.2.2). Any other target is returned as it is.
 */
export function originFormOf({ url = '', method, headers }: IncomingMessage | Message): string {
  const [, host, path = ''] = /^https?:\/\/([^/?#]*)(.*)$/i.exec(url) ?? [];
  if (host === undefined) return url;
  headers.host = host;
  if (path === '' && method === 'OPTIONS') return '*';
  return path.startsWith('/') ? path : `/${path}`;
}

/**
 * Registers what HTTP/1.1 requires of a request before its route is known, and its parser does not check (RFC 9110 and 9112):
 * version, target, Host and transfer coding. A fault closes the connection. Responds to `OPTIONS *`, which concerns the server
 * as a whole. Register this before other hooks.
 */
export function registerMessageChecks(app: App): void {
  registerRoute(app);
  app.addHook('onRequest', (request: FastifyRequest, reply: FastifyReply, done) => {
    const fault = faultOf(request.raw);
    if (fault === undefined) {
      if (request.raw.url === '*') void reply.code(204).header('x-request-id', request.id).send();
      else done();
      return;
    }
    reply.header('connection', 'close');
    runWithTrace(traceparentOf(request), () => sendProblem(fault, request, reply));
  });
}

/** The fault of a message, whose target is in origin-form; undefined if it has none. */
function faultOf(message: Message): ProtocolError | undefined {
  return versionFault(message) ?? hostFault(message) ?? targetFault(message) ?? codingFault(message);
}

function versionFault({ httpVersion }: Message): ProtocolError | undefined {
  if (httpVersion === '1.1' || httpVersion === '1.0') return undefined;
  const [status, code] =
    httpVersion === '0.9' ? ([400, 'version-missing'] as const) : ([505, 'version-not-supported'] as const);
  return new ProtocolError(status, code, 'Only HTTP/1.1 and HTTP/1.0 are supported. Use HTTP/1.1.');
}

/**
 * RFC 9112, 3.2. A target in absolute-form needs a Host all the same. Parsers keep the first of two hosts, or the last: a
 * server that checks one may forward to the other.
 */
function hostFault({ headers, rawHeaders, httpVersion }: Message): ProtocolError | undefined {
  let hosts = 0;
  let host: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if (rawHeaders[i]?.length !== 4 || rawHeaders[i]?.toLowerCase() !== 'host') continue;
    hosts++;
    host = rawHeaders[i + 1];
  }
  if (hosts === 0 && httpVersion !== '1.0')
    return new ProtocolError(400, 'host-missing', 'A Host header is required by HTTP/1.1. Add it.');
  if (hosts > 1)
    return new ProtocolError(400, 'host-repeated', 'The request has more than one Host header. Send one.');
  // In `headers` is the host of a target in absolute-form, if it has one.
  const isValid = [host, headers.host].every((value) => value === undefined || HOST.test(value));
  return isValid
    ? undefined
    : new ProtocolError(400, 'host-invalid', 'The Host header is no host with an optional port. Correct it.');
}

function targetFault({ url = '', method }: Message): ProtocolError | undefined {
  if (url === '*' && method === 'OPTIONS') return undefined;
  if (url.startsWith('/') && !url.includes('#')) return undefined;
  return new ProtocolError(
    400,
    'target-invalid',
    'The target of the request is no path of this server. Correct it.',
  );
}

function codingFault({ headers, httpVersion }: Message): ProtocolError | undefined {
  const coding = headers['transfer-encoding'];
  if (coding === undefined) return undefined;
  if (httpVersion === '1.0')
    return new ProtocolError(
      400,
      'transfer-coding-invalid',
      'HTTP/1.0 has no Transfer-Encoding. Send Content-Length.',
    );
  return coding.trim().toLowerCase() === 'chunked'
    ? undefined
    : new ProtocolError(
        501,
        'transfer-coding-unknown',
        'Only the transfer coding chunked is implemented. Use it.',
      );
}
