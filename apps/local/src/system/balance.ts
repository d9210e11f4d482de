import { setTimeout as delay } from 'node:timers/promises';

/** The instances of a service, as a load balancer knows them. */
export interface Instances extends Disposable {
  /**
   * The instance whose turn it is among those that are ready; among all where none is, as on AWS. None of those that are
   * left out; undefined where no other is left.
   */
  next(leftOut?: ReadonlySet<string>): string | undefined;
  /** Leaves out an instance whose connection broke, until it says again that it is ready. */
  takeOut(url: string): void;
  /** Asks whether any of them is ready. */
  isAnyReady(): Promise<boolean>;
}

/** An instance that is stopping must be known for longer than this before it stops to answer. */
const ASK_EVERY_MS = 100;

/** Has one or more instances take turns, and asks each of several whether it is ready, until it is disposed of. */
export function balance(urls: readonly string[]): Instances {
  const out = new Set<string>();
  const stopping = new AbortController();
  let turn = 0;

  const watch = async (url: string) => {
    while (!stopping.signal.aborted) {
      if (await isReady(url)) out.delete(url);
      else out.add(url);
      await delay(ASK_EVERY_MS, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);
    }
  };
  // Of one instance there is nothing to choose.
  if (urls.length > 1) for (const url of urls) void watch(url);

  return {
    next(leftOut = new Set()) {
      const left = urls.filter((url) => !leftOut.has(url));
      const ready = left.filter((url) => !out.has(url));
      const candidates = ready.length > 0 ? ready : left;
      turn += 1;
      return candidates[turn % candidates.length];
    },
    takeOut: (url) => void out.add(url),
    async isAnyReady() {
      const answers = await Promise.all(urls.map(isReady));
      return answers.some(Boolean);
    },
    [Symbol.dispose]: () => stopping.abort(),
  };
}

async function isReady(url: string): Promise<boolean> {
  return fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).then(
    ({ ok }) => ok,
    () => false,
  );
}
