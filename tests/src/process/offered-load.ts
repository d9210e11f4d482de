import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Pool } from 'undici';

/** What the load is offered to. */
export interface Target {
  readonly url: string;
  readonly productIds: readonly string[];
  readonly cartIds: readonly string[];
}

/** Either so many clients that ask again as soon as they are answered, or so many requests a second, answered or not. */
export type Offer = { readonly seconds: number } & (
  | { readonly clients: number }
  | { readonly perSecond: number }
);

/** What became of an offer. Times are in milliseconds, from when a request left for its connection to its last byte. */
export interface Outcome {
  readonly sent: number;
  /** Answers other than 503, by status. */
  readonly answered: Readonly<Record<string, number>>;
  readonly answeredPerSecond: number;
  readonly p50: number;
  readonly p99: number;
  readonly shed: number;
  readonly shedWithoutRetryAfter: number;
  /** Connections that failed, by code. */
  readonly errors: Readonly<Record<string, number>>;
  /** How late requests were sent, for want of the client's own time. */
  readonly lagP99: number;
}

/** More than wait and are worked on, so that what is offered reaches the system. */
const CONNECTIONS = 1_000;

/** A process of its own, so that the load does not slow down what it measures. Killed when it goes out of scope. */
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

  /** Six reads of products, two of carts and two adds in ten requests. */
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
    const answered: Record<string, number> = {};
    const errors: Record<string, number> = {};
    const latencies: number[] = [];
    const lags: number[] = [];
    const count = (counts: Record<string, number>, name: string | number) => {
      counts[name] = (counts[name] ?? 0) + 1;
    };
    let [sent, shed, shedWithoutRetryAfter] = [0, 0, 0];

    async function ask(due: number): Promise<void> {
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
        count(answered, statusCode);
        latencies.push(performance.now() - sentAt);
      } catch (error) {
        count(errors, (error as NodeJS.ErrnoException).code ?? String(error));
      }
    }

    const startedAt = performance.now();
    const elapsedSeconds = () => (performance.now() - startedAt) / 1000;
    if ('clients' in offer) {
      const askOn = async () => {
        while (elapsedSeconds() < offer.seconds) await ask(performance.now());
      };
      await Promise.all(Array.from({ length: offer.clients }, askOn));
    } else {
      const asked: Promise<void>[] = [];
      const total = offer.seconds * offer.perSecond;
      while (asked.length < total) {
        const due = Math.min(total, elapsedSeconds() * offer.perSecond);
        while (asked.length < due) asked.push(ask(startedAt + (asked.length / offer.perSecond) * 1000));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      await Promise.all(asked);
    }
    return {
      sent,
      answered,
      answeredPerSecond: latencies.length / offer.seconds,
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
