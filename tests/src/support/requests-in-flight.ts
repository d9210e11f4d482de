import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { mintToken } from '@tandem/emulators/issuer';
import { client } from './http.ts';
import { until } from './until.ts';

/** Request in flight: the server has its head and a part of its body. */
export interface RequestInFlight {
  /** Sends the rest and resolves to the response. */
  finish(): Promise<{ readonly status: number; readonly text: string }>;
  abort(): void;
}

/** Agent that keeps connections until the server closes them; the global agent closes them after 5 s. */
const agent = new Agent({ keepAlive: true });

/** Sends the first part of a POST's body, and resolves once it has left this process. */
export async function sendFirstPart(
  url: string,
  headers: Readonly<Record<string, string>>,
  [first, rest]: readonly [string, string],
): Promise<RequestInFlight> {
  const length = String(Buffer.byteLength(first + rest));
  const post: ClientRequest = request(url, {
    agent,
    method: 'POST',
    headers: { ...headers, 'content-length': length },
  });
  const responded = once(post, 'response') as Promise<[IncomingMessage]>;
  responded.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    post.once('error', reject);
    post.write(first, () => resolve());
  });
  return {
    async finish() {
      post.end(rest);
      const [response] = await responded;
      return { status: response.statusCode ?? 0, text: await text(response) };
    },
    abort: () => void post.destroy(),
  };
}

/** Product as the API accepts it. */
export const mug = (productId: string) => ({
  productId,
  name: 'Mug',
  price: 1200,
  currency: 'EUR',
  inventory: 5,
});

/** Starts an import whose first line is applied, which proves that the server is processing it. */
export async function importInFlight(url: string, id: string): Promise<RequestInFlight> {
  const authorization = `Bearer ${await mintToken({ subject: 'test', scopes: ['products:write'] })}`;
  const headers = { authorization, 'content-type': 'application/x-ndjson' };
  const [first, second] = [`${id}-1`, `${id}-2`].map((productId) => JSON.stringify(mug(productId)));
  const upload = await sendFirstPart(`${url}/products/import`, headers, [`${first}\n`, `${second}\n`]);
  await until(
    async () => (await client(url).product(`${id}-1`)).status,
    (status) => status === 200,
  );
  return upload;
}

/** Resolves once connections are refused. */
export async function untilConnectionsRefused(url: string): Promise<void> {
  await until(
    () =>
      fetch(`${url}/health`, { headers: { connection: 'close' } }).then(
        ({ status }) => `status ${status}`,
        (error: Error) => (error.cause as NodeJS.ErrnoException).code,
      ),
    (outcome) => outcome === 'ECONNREFUSED',
  );
}
