import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

/** Target of the load. */
export interface Target {
  readonly url: string;
  readonly productIds: readonly string[];
  readonly cartIds: readonly string[];
}

/** Load model: a closed one with a number of clients, or an open one with a constant arrival rate. */
export type Offer = { readonly seconds: number } & (
  | { readonly clients: number }
  | { readonly perSecond: number }
);

/** Result of a load. Latencies are in milliseconds, from sending a request to the last byte of its response. */
export interface Outcome {
  readonly sent: number;
  /** Responses other than 503, by status. */
  readonly responses: Readonly<Record<string, number>>;
  readonly responsesPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly shed: number;
  readonly shedWithoutRetryAfter: number;
  /** Failed connections by error code. */
  readonly errors: Readonly<Record<string, number>>;
  /** Delay of requests behind their schedule, because the load process lacked CPU time. */
  readonly lagP99: number;
}

/** More than the system's concurrency and queue limits, so that the whole load reaches it. */
const CONNECTIONS = 1_000;

/** Starts the load process, separate from what it measures. It is killed when it goes out of scope. */
export function startOfferedLoad(target: Target): { offer(offer: Offer): Promise<Outcome> } & Disposable {
  const child: ChildProcess = fork(fileURLToPath(import.meta.url), [JSON.stringify(target)]);
  return {
    async offer(offer) {
      child.send(offer);
      const died = once(child, 'exit').then(() => Promise.reject(new Error('the load process died')));
      const [outcome] = (await Promise.race([once(child, 'message'), died])) as [Outcome];
      return outcome;
    },
    [Symbol.dispose]: () => void child.kill('SIGKILL'),
  };
}

function serve({ url, productIds, cartIds }: Target): void {
  const pool = new Pool(url, { connections: CONNECTIONS });
  let next = 0;

  /** Mix of ten requests: six reads of products, two reads of carts and two adds. */
  function request() {
    const i = next++;
    const productId = productIds[i % productIds.length];
    const cartPath = `/carts/${cartIds[(i * 7919) % cartIds.length]}`;
    if (i % 10 < 5) return { method: 'GET', path: `/products/${productId}` } as const;
    if (i % 10 < 6) return { method: 'GET', path: '/products?limit=20' } as const;
    if (i % 10 < 8) return { method: 'GET', path: cartPath } as const;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ productId, qty: 1 });
    return { method: 'POST', path: `${cartPath}/items`, headers, body } as const;
  }

  async function run(offer: Offer): Promise<Outcome> {
    const responses: Record<string, number> = {};
    const errors: Record<string, number> = {};
    const latencies: number[] = [];
    const lags: number[] = [];
    const count = (counts: Record<string, number>, name: string | number) => {
      counts[name] = (counts[name] ?? 0) + 1;
    };
    let [sent, shed, shedWithoutRetryAfter] = [0, 0, 0];

    async function sendRequest(due: number): Promise<void> {
      const sentAt = performance.now();
      sent += 1;
      lags.push(sentAt - due);
      try {
        const { statusCode, headers, body } = await pool.request(request());
        await body.dump();
        if (statusCode === 503) {
          shed += 1;
          if (headers['retry-after'] === undefined) shedWithoutRetryAfter += 1;
          return;
        }
        count(responses, statusCode);
        latencies.push(performance.now() - sentAt);
      } catch (error) {
        count(errors, (error as NodeJS.ErrnoException).code ?? String(error));
      }
    }

    const startedAt = performance.now();
    const elapsedSeconds = () => (performance.now() - startedAt) / 1000;
    if ('clients' in offer) {
      const runClient = async () => {
        while (elapsedSeconds() < offer.seconds) await sendRequest(performance.now());
      };
      await Promise.all(Array.from({ length: offer.clients }, runClient));
    } else {
      const pending: Promise<void>[] = [];
      const total = offer.seconds * offer.perSecond;
      while (pending.length < total) {
        const due = Math.min(total, elapsedSeconds() * offer.perSecond);
        while (pending.length < due)
          pending.push(sendRequest(startedAt + (pending.length / offer.perSecond) * 1000));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(pending);
    }
    return {
      sent,
      responses,
      responsesPerSecond: latencies.length / offer.seconds,
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      shed,
      shedWithoutRetryAfter,
      errors,
      lagP99: quantile(lags, 0.99),
    };
  }

  process.on('message', (offer: Offer) => void run(offer).then((outcome) => process.send?.(outcome)));
}

function quantile(values: readonly number[], q: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) serve(JSON.parse(process.argv[2] ?? '') as Target);
