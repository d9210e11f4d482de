import { isIP } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { buildApp } from 'fauxqs';
import { INVALID_MESSAGE_BODY_CHAR } from '../../../node_modules/fauxqs/dist/sqs/sqsTypes.js';

type EmulatorApp = ReturnType<typeof buildApp>;

/** Headers that browsers send and clients of AWS do not. `Referer`: older browsers send a form without `Origin`. */
const BROWSER_HEADERS = ['origin', 'referer', 'sec-fetch-site'] as const;

/**
 * Closes everything but SNS and SQS to everybody, and these to web pages: any credentials are accepted here, so a page of
 * another site could publish events. Rejects with 403 the requests that a browser sends, and those for a host that is
 * neither an IP address nor localhost, the name that a rebound page has.
 */
export function guardEndpoint(app: EmulatorApp): void {
  app.addHook('onRequest', (request, reply, done) => {
    const header = BROWSER_HEADERS.find((name) => request.headers[name] !== undefined);
    if (header !== undefined)
      return reject(reply, 403, `SNS and SQS reject requests with ${header}: they come from a web page.`);
    if (!isOwnHost(request.headers.host))
      return reject(
        reply,
        403,
        'This host is not allowed. Call SNS and SQS at localhost or at an IP address.',
      );
    if (!isServed(request)) return reject(reply, 404, 'Only SNS and SQS are here. Send POST requests to /.');
    done();
  });
}

function reject(reply: FastifyReply, status: 403 | 404, message: string): void {
  const name = status === 403 ? 'AccessDenied' : 'NotFound';
  void reply.code(status).send({ __type: `com.amazonaws.sqs#${name}`, message });
}

/** Whether a Host header is `localhost` or an IP address, with or without a port. */
function isOwnHost(host = ''): boolean {
  const [, bracketed, name = ''] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::\d{1,5})?$/.exec(host) ?? [];
  return bracketed === undefined
    ? isIP(name) === 4 || name.toLowerCase() === 'localhost'
    : isIP(bracketed) === 6;
}

function isServed({ method, url }: FastifyRequest): boolean {
  return method === 'POST' && url.split('?', 1)[0] === '/';
}

/** Names each queue in a response by the host that the client called, as a name that it can resolve. */
export function nameQueuesByCalledHost(app: EmulatorApp): void {
  app.addHook('preSerialization', async ({ headers: { host } }, _reply, payload) => {
    const { QueueUrl, QueueUrls } = (payload ?? {}) as { QueueUrl?: string; QueueUrls?: readonly string[] };
    const named = (url: string) => url.replace(/^http:\/\/[^/]+/, `http://${host}`);
    if (typeof QueueUrl === 'string') return { ...(payload as object), QueueUrl: named(QueueUrl) };
    return Array.isArray(QueueUrls) ? { ...(payload as object), QueueUrls: QueueUrls.map(named) } : payload;
  });
}

/** Characters that SQS rejects in the body of a message; U+10000 and above, emoji among them, are valid. */
const INVALID_IN_BODY = /[^\t\n\r -\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** Accepts emoji in messages, which the expression of fauxqs 2.4.1 rejects (kibertoad/fauxqs#278). */
export function acceptAllCharacters(): void {
  INVALID_MESSAGE_BODY_CHAR.test = (body) => INVALID_IN_BODY.test(body);
}
