import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import {
  client,
  type ApiResponse,
  type Client,
  type Transport,
  type RequestOptions,
} from '../support/http.ts';

/** Numbers of requests by outcome. Failures are not retried. */
export interface RequestCounts {
  sent: number;
  longestMs: number;
  /** Requests without a response, or with one that no client should get. */
  readonly failures: string[];
  /** Checkouts and merges with the expected 503 and Retry-After, because Product has not confirmed the stock yet. */
  waits: number;
  /** Requests after the stop of the gateway whose connection was refused. */
  refused: number;
  /** Requests after the stop of the gateway whose connection was not yet accepted. */
  neverAccepted: number;
}

/** Client that counts its requests by outcome. */
export interface CountingClient extends Disposable {
  readonly counts: Readonly<RequestCounts>;
  /** Resolves to the client once the gateway is up. */
  readonly whenUp: () => Promise<Client>;
  /** Announces a stop of the gateway: until `isBack` resolves, connections may fail. */
  gatewayStops(isBack: Promise<void>): void;
}

/** Problem types of Cart while Product's confirmation is pending. */
const EXPECTED_WAITS = new Set([
  'urn:tandem:problem:reservation-pending',
  'urn:tandem:problem:merges-pending',
]);
const NEVER_EXPECTED = new Set([400, 401, 403, 422]);

/** Creates a counting client. It pauses before each request, so that it measures stops and not an overload. */
export function createCountingClient(gateway: string, pauseMs: number): CountingClient {
  const agent = new Agent({ keepAlive: true });
  const api = client(gateway, false, transportOf(agent));
  const counts: RequestCounts = {
    sent: 0,
    longestMs: 0,
    failures: [],
    waits: 0,
    refused: 0,
    neverAccepted: 0,
  };
  let back: Promise<void> | undefined;
  let up = Promise.resolve();

  const countResponse = (request: string, { status, headers, body, text }: ApiResponse) => {
    const isExpectedWait = EXPECTED_WAITS.has(String(body['type'])) && headers.has('retry-after');
    if (status === 503 && isExpectedWait) counts.waits += 1;
    else if (status >= 500 || NEVER_EXPECTED.has(status))
      counts.failures.push(`${request}: status ${status}: ${text}`);
  };
  /** Counts a failure on a new connection that was never accepted; on a reused one the request may have been read. */
  const isNeverAccepted = (error: LostRequest): boolean => {
    if (error.code === 'ECONNREFUSED') counts.refused += 1;
    else if (error.code === 'ECONNRESET' && error.isReused === false) counts.neverAccepted += 1;
    else return false;
    return true;
  };

  const call = async <B = Record<string, unknown>>(
    method: string,
    path: string,
    options?: RequestOptions,
  ) => {
    await delay(pauseMs);
    const downUntil = back;
    const sentAt = performance.now();
    counts.sent += 1;
    try {
      const response = await api.call<B>(method, path, options);
      countResponse(`${method} ${path}`, response as ApiResponse);
      return response;
    } catch (error) {
      if (downUntil && isNeverAccepted(error as LostRequest)) up = downUntil;
      else counts.failures.push(`${method} ${path} has no response: ${String(error)}`);
      throw error;
    } finally {
      counts.longestMs = Math.max(counts.longestMs, performance.now() - sentAt);
    }
  };
  const countingApi = {
    ...api,
    call,
    openCart: async () => (await call<{ cartId: string }>('POST', '/carts')).body.cartId,
  };
  return {
    counts,
    async whenUp() {
      await up;
      return countingApi;
    },
    gatewayStops(isBack) {
      back = isBack;
      const end = () => void (back = undefined);
      isBack.then(end, end);
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** Error of a request without a response. */
interface LostRequest extends NodeJS.ErrnoException {
  /** Whether its connection was reused. */
  readonly isReused?: boolean;
}

/** Sends as `fetch` does; an error has `isReused` of its connection. */
function transportOf(agent: Agent): Transport {
  return (url, { method = 'GET', headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method, headers: headers as Record<string, string> }, (response) => {
        buffer(response).then((bytes) => resolve(responseOf(response, bytes)), reject);
      });
      sent.on('error', (error) => reject(Object.assign(error, { isReused: sent.reusedSocket })));
      sent.end(body);
    });
}

function responseOf({ statusCode: status = 0, headersDistinct }: IncomingMessage, bytes: Buffer): Response {
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Response(bytes.length > 0 ? new Uint8Array(bytes) : null, { status, headers });
}
