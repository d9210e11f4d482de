import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { client, type Answer, type Send, type Sent } from '../support/http.ts';

type Client = ReturnType<typeof client>;

/** What became of all requests. Those that failed are neither repeated nor forgiven. */
export interface Count {
  sent: number;
  longestMs: number;
  /** No answer, or one that no client should get. */
  readonly failures: string[];
  /** A checkout or a merge that was told, with Retry-After, that Product has not confirmed its stock yet. */
  waits: number;
  /** Sent after the gateway was told to stop, to nobody: connections that it refused. */
  refused: number;
  /** The same, of connections that waited to be accepted when it stopped listening. */
  neverAccepted: number;
}

export interface Counting extends Disposable {
  readonly count: Readonly<Count>;
  /** The client; pending while it has met a gateway that is down. */
  readonly whenUp: () => Promise<Client>;
  /** Says that the gateway is told to stop, and when it is back: until then a connection may find nobody. */
  gatewayStops(isBack: Promise<void>): void;
}

/** What the contract has Cart answer where Product's yes is still on its way. */
const WAITING = new Set(['urn:tandem:problem:reservation-pending', 'urn:tandem:problem:merges-pending']);
const NEVER_EXPECTED = new Set([400, 401, 403, 422]);

/** A client that counts; it pauses before each request, so that it measures stops and not an overload. */
export function countRequests(gateway: string, pauseMs: number): Counting {
  const agent = new Agent({ keepAlive: true });
  const api = client(gateway, false, sendBy(agent));
  const count: Count = { sent: 0, longestMs: 0, failures: [], waits: 0, refused: 0, neverAccepted: 0 };
  let back: Promise<void> | undefined;
  let up = Promise.resolve();

  const judge = (what: string, { status, headers, body, text }: Answer) => {
    const isTold = WAITING.has(String(body['type'])) && headers.has('retry-after');
    if (status === 503 && isTold) count.waits += 1;
    else if (status >= 500 || NEVER_EXPECTED.has(status))
      count.failures.push(`${what} was answered ${status}: ${text}`);
  };
  /** A request on a new connection that nobody has accepted; on a used one it could have been read. */
  const hasMetNobody = (error: Lost): boolean => {
    if (error.code === 'ECONNREFUSED') count.refused += 1;
    else if (error.code === 'ECONNRESET' && error.isReused === false) count.neverAccepted += 1;
    else return false;
    return true;
  };

  const call = async <B = Record<string, unknown>>(method: string, path: string, sent?: Sent) => {
    await delay(pauseMs);
    const downUntil = back;
    const sentAt = performance.now();
    count.sent += 1;
    try {
      const answer = await api.call<B>(method, path, sent);
      judge(`${method} ${path}`, answer as Answer);
      return answer;
    } catch (error) {
      if (downUntil && hasMetNobody(error as Lost)) up = downUntil;
      else count.failures.push(`${method} ${path} was not answered: ${String(error)}`);
      throw error;
    } finally {
      count.longestMs = Math.max(count.longestMs, performance.now() - sentAt);
    }
  };
  const counted = {
    ...api,
    call,
    openCart: async () => (await call<{ cartId: string }>('POST', '/carts')).body.cartId,
  };
  return {
    count,
    async whenUp() {
      await up;
      return counted;
    },
    gatewayStops(isBack) {
      back = isBack;
      const end = () => void (back = undefined);
      isBack.then(end, end);
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

/** How a request ended that got no answer. */
interface Lost extends NodeJS.ErrnoException {
  /** Whether its connection had served another one before. */
  readonly isReused?: boolean;
}

/** As `fetch`, but an error tells whether the connection was a new one. */
function sendBy(agent: Agent): Send {
  return (url, { method = 'GET', headers, body }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { agent, method, headers: headers as Record<string, string> }, (response) => {
        buffer(response).then((bytes) => resolve(answerOf(response, bytes)), reject);
      });
      sent.on('error', (error) => reject(Object.assign(error, { isReused: sent.reusedSocket })));
      sent.end(body);
    });
}

function answerOf({ statusCode: status = 0, headersDistinct }: IncomingMessage, bytes: Buffer): Response {
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  return new Response(bytes.length > 0 ? new Uint8Array(bytes) : null, { status, headers });
}
