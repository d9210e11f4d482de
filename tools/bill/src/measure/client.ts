import { Agent, request as send } from 'node:http';
import { once } from 'node:events';
import { mintToken } from '@tandem/emulators/issuer';
import type { TestSystem } from './test-system.ts';

/** A request of the API. */
export interface Sending {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Whose token it carries: a user's, or that of who keeps the catalog; a guest has none. */
  readonly as?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer, and the bytes of both on the wire without TLS. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  // oxlint-disable-next-line typescript/no-explicit-any -- the answers of all routes
  readonly body: any;
  readonly requestBytes: number;
  readonly answerBytes: number;
}

export const KEEPER = 'keeper';

/** What a browser sends with each request of a page's script. */
const BROWSER = {
  host: 'shop.example.com',
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  accept: 'application/json',
  'accept-language': 'en-GB,en;q=0.9',
  origin: 'https://shop.example.com',
  referer: 'https://shop.example.com/',
};

/** Sends requests as browsers do, over connections that are kept. */
export function createClient(urls: TestSystem['urls']) {
  const agent = new Agent({ keepAlive: true });
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (subject: string) => {
    const scopes = subject === KEEPER ? ['products:write'] : [];
    const token = tokens.get(subject) ?? mintToken({ subject, scopes });
    tokens.set(subject, token);
    return token;
  };

  return {
    async send({ method, path, body, as, headers = {} }: Sending, compressed = false): Promise<Answer> {
      const text = body === undefined ? '' : JSON.stringify(body);
      const all: Record<string, string> = {
        ...BROWSER,
        ...(compressed ? { 'accept-encoding': 'gzip, deflate, br' } : {}),
        ...(as === undefined ? {} : { authorization: `Bearer ${await tokenOf(as)}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
        ...headers,
      };
      const url = new URL(path, path.startsWith('/carts') ? urls.cart : urls.product);
      const outgoing = send(url, { method, headers: all, agent });
      outgoing.end(text);
      const [incoming] = (await once(outgoing, 'response')) as [import('node:http').IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of incoming) chunks.push(chunk as Buffer);
      const answer = Buffer.concat(chunks);
      const { statusCode: status = 0, statusMessage = '', rawHeaders } = incoming;
      const isJson = incoming.headers['content-encoding'] === undefined && answer.length > 0;
      return {
        status,
        headers: incoming.headers,
        body: isJson ? JSON.parse(answer.toString()) : undefined,
        requestBytes: headBytes(`${method} ${path} HTTP/1.1`, Object.entries(all).flat()) + text.length,
        answerBytes: headBytes(`HTTP/1.1 ${status} ${statusMessage}`, rawHeaders) + answer.length,
      };
    },
    stop: () => agent.destroy(),
  };
}

export type Client = ReturnType<typeof createClient>;

/** Names and values alternate; each line ends with two characters and has two between name and value. */
function headBytes(firstLine: string, lines: readonly string[]): number {
  return lines.reduce((sum, text) => sum + text.length + 2, firstLine.length + 2 + 2);
}
