import type { JSONWebKeySet } from 'jose';
import { DomainError } from '../errors.ts';
import { createKeySet } from './key-set.ts';
import type { KeySet } from './key-set.ts';

/** Runs a wait for something outside of the process. */
export type Wait = <T>(wait: () => Promise<T>) => Promise<T>;

/** Keys of an issuer. Waits for the issuer happen within `idle`. */
export interface IssuerKeys {
  /** The known keys, at once; undefined if there are none. */
  readonly known: () => KeySet | undefined;
  /**
   * The keys of an issuer of which none are known. Rejects with `unavailable`: after a fetch, or at once if the last one
   * failed less than a minute ago.
   */
  readonly require: (idle: Wait) => Promise<KeySet>;
  /** Keys that replaced these, for a token that none of these fits; undefined if there are none. */
  readonly newerThan: (keys: KeySet, idle: Wait) => Promise<KeySet | undefined>;
  /** Resolves once no fetch is running. */
  readonly settled: () => Promise<void>;
}

/** Age at which known keys are fetched again. A withdrawn key is known for this long, plus the time of a fetch. */
const REFRESH_AFTER_MS = 5 * 60_000;
/** Age up to which keys are known while they cannot be fetched: an outage of the issuer must not end all sessions. */
const KNOWN_FOR_MS = 60 * 60_000;
/** Least time between a fetch and one that a token with an unknown key causes. */
const UNKNOWN_KEY_INTERVAL_MS = 30_000;
const FETCH_TIMEOUT_MS = 1_500;
/** Duration from which the process was frozen during a fetch, as Lambda does after a response. */
const FROZEN_AFTER_MS = 2 * FETCH_TIMEOUT_MS;
/** Delay after the first failure; it doubles with each further one. */
const FIRST_RETRY_MS = 10_000;
const MAX_RETRY_MS = 60_000;
/** Least time between two reports of a failure. */
const REPORT_INTERVAL_MS = 60_000;

/** A fetch of keys; `done` never rejects. */
interface Attempt {
  readonly startedAt: number;
  readonly done: Promise<void>;
}

/**
 * Keys of a JWKS URL, fetched when they are first needed, refreshed in the background while they are in use, and known
 * for an hour after the last successful fetch. Callers wait for a fetch (1.5 s at most) only while the issuer is healthy:
 * after a failure there is no second attempt within 10 s, then a minute, and only the caller waits that starts it because no
 * keys are known. A fetch during which the process was frozen says nothing about the issuer: the next one follows at once,
 * and is waited for. No redirect is followed.
 * `onFailure` is called for a failed fetch, once a minute at most.
 */
export function remoteKeys(
  url: URL,
  { now, onFailure }: { readonly now: () => number; readonly onFailure: (error: unknown) => void },
): IssuerKeys {
  let current: { readonly keys: KeySet; readonly fetchedAt: number } | undefined;
  let attempt: Attempt | undefined;
  let failures = 0;
  let lastFailure: unknown;
  let retryAt = -Infinity;
  let reportedAt = -Infinity;

  const isFrozen = ({ startedAt }: Pick<Attempt, 'startedAt'>) => now() - startedAt >= FROZEN_AFTER_MS;

  async function refresh(startedAt: number): Promise<void> {
    try {
      const keys = createKeySet(await fetchJwks(url));
      if (keys.size === 0) throw new Error('The issuer has published no keys');
      const isUnchanged = current?.keys.fingerprint === keys.fingerprint;
      current = { keys: isUnchanged && current ? current.keys : keys, fetchedAt: startedAt };
      failures = 0;
    } catch (error) {
      lastFailure = error;
      if (isFrozen({ startedAt })) failures = 0;
      else fail(error);
    } finally {
      attempt = undefined;
    }
  }

  function fail(error: unknown): void {
    retryAt = now() + Math.min(FIRST_RETRY_MS * 2 ** failures, MAX_RETRY_MS);
    failures += 1;
    if (now() - reportedAt < REPORT_INTERVAL_MS) return;
    reportedAt = now();
    onFailure(error);
  }

  /** Starts a fetch in the background, unless one is running or the last one failed too recently; returns whether it did. */
  function startRefresh(): boolean {
    if (attempt !== undefined || now() < retryAt) return false;
    const startedAt = now();
    attempt = { startedAt, done: refresh(startedAt) };
    return true;
  }

  /** Waits for a fetch, and for a second one if the first was frozen; after a failure only for a fetch that it started for `require`. */
  async function awaitRefresh(idle: Wait, { isRequired }: { readonly isRequired: boolean }): Promise<void> {
    if (await awaitAttempt(idle, isRequired)) await awaitAttempt(idle, isRequired);
  }

  /** Resolves to whether the fetch was frozen. */
  async function awaitAttempt(idle: Wait, isRequired: boolean): Promise<boolean> {
    const isOwn = startRefresh();
    const running = attempt;
    if (running === undefined) return false;
    if (failures > 0 && !isFrozen(running) && !(isRequired && isOwn)) return false;
    await idle(() => running.done);
    return isFrozen(running);
  }

  function known(): KeySet | undefined {
    if (current === undefined) return undefined;
    const age = now() - current.fetchedAt;
    if (age >= KNOWN_FOR_MS) return undefined;
    if (age >= REFRESH_AFTER_MS) startRefresh();
    return current.keys;
  }

  return {
    known,
    require: async (idle) => {
      await awaitRefresh(idle, { isRequired: true });
      const keys = known();
      if (keys !== undefined) return keys;
      throw new DomainError(
        'unavailable',
        'keys-unavailable',
        'Tokens cannot be verified now. Retry after a moment.',
        { cause: lastFailure },
      );
    },
    newerThan: async (keys, idle) => {
      const isRecent = current !== undefined && now() - current.fetchedAt < UNKNOWN_KEY_INTERVAL_MS;
      if (current?.keys === keys && (attempt !== undefined || !isRecent))
        await awaitRefresh(idle, { isRequired: false });
      return current?.keys === keys ? undefined : known();
    },
    settled: async () => attempt?.done,
  };
}

/** Keys that never change. */
export function fixedKeys(jwks: JSONWebKeySet): IssuerKeys {
  const keys = createKeySet(jwks);
  return {
    known: () => keys,
    require: async () => keys,
    newerThan: async () => undefined,
    settled: async () => undefined,
  };
}

async function fetchJwks(url: URL): Promise<JSONWebKeySet> {
  const response = await fetch(url, {
    headers: { accept: 'application/json, application/jwk-set+json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(FETCH_TIMEOUT_MS),
  });
  if (response.status === 200) return (await response.json()) as JSONWebKeySet;
  await response.body?.cancel();
  throw new Error(`The issuer responded to the request for its keys with status ${response.status}, not 200`);
}
