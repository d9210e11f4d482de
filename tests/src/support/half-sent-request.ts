import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** Request in flight: the server has its head and a part of its body. */
export interface HalfSent {
  /** Sends the rest and resolves to the response. */
  finish(): Promise<{ readonly status: number; readonly text: string }>;
  abandon(): void;
}

/** Agent that keeps connections until the server closes them; the global agent closes them after 5 s. */
const agent = new Agent({ keepAlive: true });

/** Sends the first part of a POST's body, and resolves once it has left this process. */
export async function sendHalf(
  url: string,
  headers: Readonly<Record<string, string>>,
  [first, rest]: readonly [string, string],
): Promise<HalfSent> {
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
    abandon: () => void post.destroy(),
  };
}
