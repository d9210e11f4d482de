import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { serviceNames, topology, type ServiceName } from '@tandem/contracts/topology';
import { mintToken } from '@tandem/emulators/issuer';

/** A request to the API. */
export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Subject of its token: a user or the admin. A guest sends none. */
  readonly subject?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A response, and the bytes of request and response on the wire without TLS. */
export interface ApiResponse {
  readonly status: number;
  readonly etag: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- responses of all routes; undefined if compressed
  readonly body: any;
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Subject that may change the catalog. */
export const ADMIN = 'admin1';

/** Headers that a browser sends with each request of a page's script. */
const BROWSER = {
  host: 'shop.example.com',
  'user-agent':
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  accept: 'application/json',
  'accept-language': 'en-GB,en;q=0.9',
  origin: 'https://shop.example.com',
  referer: 'https://shop.example.com/',
};

/** Creates a client that sends requests like a browser, to the service with the path, over keep-alive connections. */
export function createClient(urls: Readonly<Record<ServiceName, string>>) {
  const agent = new Agent({ keepAlive: true });
  const tokenOf = (subject: string) =>
    mintToken({ subject, scopes: subject === ADMIN ? ['products:write'] : [] });

  return {
    async send(
      { method, path, body, subject, headers = {} }: ApiRequest,
      isCompressed = false,
    ): Promise<ApiResponse> {
      const service = serviceNames.find((name) =>
        topology.services[name].paths.some((prefix) => path.startsWith(prefix)),
      );
      if (service === undefined) throw new Error(`No service has the path ${path}.`);
      const text = body === undefined ? '' : JSON.stringify(body);
      const sent: Record<string, string> = {
        ...BROWSER,
        ...(isCompressed && { 'accept-encoding': 'gzip, deflate, br' }),
        ...(subject !== undefined && { authorization: `Bearer ${await tokenOf(subject)}` }),
        ...(body && {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(text)),
        }),
        ...headers,
      };
      const outgoing = request(new URL(path, urls[service]), { method, headers: sent, agent });
      outgoing.end(text);
      const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
      const content = await buffer(response);
      const { statusCode: status = 0, statusMessage = '', rawHeaders } = response;
      const isJson = response.headers['content-encoding'] === undefined && content.length > 0;
      return {
        status,
        etag: String(response.headers.etag),
        body: isJson ? JSON.parse(content.toString()) : undefined,
        requestBytes: headBytes(`${method} ${path} HTTP/1.1`, Object.entries(sent).flat()) + text.length,
        responseBytes:
          headBytes(`HTTP/1.1 ${status} ${statusMessage}`, forwarded(rawHeaders)) + content.length,
      };
    },
    stop: () => agent.destroy(),
  };
}

export type Client = ReturnType<typeof createClient>;

/** Headers that a load balancer forwards: Keep-Alive is of its connection to the task alone (RFC 9110, 7.6.1). */
function forwarded(headers: readonly string[]): readonly string[] {
  return headers.filter((_, i) => headers[i - (i % 2)]?.toLowerCase() !== 'keep-alive');
}

/** Bytes of the first line and of the headers: alternating names and values, each followed by two characters. */
function headBytes(firstLine: string, headers: readonly string[]): number {
  return headers.reduce((sum, text) => sum + text.length + 2, firstLine.length + 2 + 2);
}
