import { once } from 'node:events';
import { Agent, type IncomingHttpHeaders, type IncomingMessage, request as open } from 'node:http';
import { text } from 'node:stream/consumers';
import { createBrotliDecompress, createGunzip } from 'node:zlib';
import type { Request } from './request.ts';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** Sends requests one after the other, as they are: no client tidies up their paths. */
export function createSender() {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    async send({ operation, method, target, headers, body }: Request): Promise<Answer> {
      const { hostname, port } = new URL(operation.baseUrl);
      const length = body === undefined ? {} : { 'content-length': String(body.length) };
      const sent = open({
        agent,
        hostname,
        port,
        method,
        path: target,
        headers: { ...headers, ...length },
        timeout: 10_000,
      });
      sent.once('timeout', () => sent.destroy(new Error('no answer within 10 s')));
      sent.end(body);
      const [answer] = (await once(sent, 'response')) as [IncomingMessage];
      return { status: answer.statusCode ?? 0, headers: answer.headers, text: await textOf(answer) };
    },
    close: () => agent.destroy(),
  };
}

async function textOf(answer: IncomingMessage): Promise<string> {
  switch (answer.headers['content-encoding']) {
    case 'gzip':
      return text(answer.pipe(createGunzip()));
    case 'br':
      return text(answer.pipe(createBrotliDecompress()));
    default:
      return text(answer);
  }
}

/** A request as a command; `$'…'` keeps every byte. Tokens are left out: they do not outlive the test. */
export function asCurl({ operation, method, target, headers, body }: Request): string {
  const lines = Object.entries(headers).map(([name, value]) =>
    name === 'authorization'
      ? `-H "authorization: ${value.length > 40 ? 'Bearer $TOKEN' : value}"`
      : `-H ${quoted(Buffer.from(value === '' ? `${name};` : `${name}: ${value}`, 'latin1'))}`,
  );
  const data = body === undefined ? [] : [`--data-binary ${quoted(body)}`];
  return [
    'curl -i --path-as-is -X',
    method,
    quoted(Buffer.from(operation.baseUrl + target)),
    ...lines,
    ...data,
  ].join(' ');
}

function quoted(bytes: Buffer): string {
  const escaped = Array.from(bytes, (byte) => {
    if (byte === 0x27 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`;
    return byte >= 0x20 && byte < 0x7f
      ? String.fromCharCode(byte)
      : `\\x${byte.toString(16).padStart(2, '0')}`;
  }).join('');
  return escaped.includes('\\') ? `$'${escaped}'` : `'${escaped}'`;
}
