import { once } from 'node:events';
import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A request of which the server has the head and a part of the body, so that it is in flight until it is finished. */
export interface HalfSent {
  /** Sends the rest and resolves to the answer. */
  finish(): Promise<{ readonly status: number; readonly text: string }>;
  abandon(): void;
}

/** Keeps connections for as long as the server lets it, where the global agent would close them after 5 s. */
const agent = new Agent({ keepAlive: true });

/** Sends all but the last `rest` of a POST's body, and resolves when that has left this process. */
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
  const answered = once(post, 'response') as Promise<[IncomingMessage]>;
  answered.catch(() => undefined);
  await new Promise<void>((resolve, reject) => {
    post.once('error', reject);
    post.write(first, () => resolve());
  });
  return {
    async finish() {
      post.end(rest);
      const [response] = await answered;
      return { status: response.statusCode ?? 0, text: await text(response) };
    },
    abandon: () => void post.destroy(),
  };
}
