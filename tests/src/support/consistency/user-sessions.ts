import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mintToken } from '@tandem/emulators/issuer';
import type { ApiResponse, CartBody, Client, RequestOptions } from '../http.ts';
import type { Random } from '../random.ts';
import type { Entry, Operation } from './operation-log.ts';

/** Number of retried requests with an idempotency key, and of replayed responses. */
export interface Repeats {
  sent: number;
  replayed: number;
}

/** Options of a user's sessions: their access to the workload. */
export interface UserSessionOptions {
  readonly whenUp: () => Promise<Client>;
  readonly random: Random;
  readonly productIds: readonly string[];
  readonly signal: AbortSignal;
  /** Called with each opened cart and its owner's token. */
  readonly onOpened: (cartId: string, token: string | false) => void;
  readonly log: Entry[];
  readonly repeats: Repeats;
  /** Responses that must never occur. */
  readonly unexpected: string[];
  /** Limit of the time in which a request is retried, without the time until the system is up. */
  readonly retryTimeoutMs: number;
  /** Occasional idle time of a cart before its checkout; default: none. */
  readonly idleMs?: number | undefined;
}

/** Limit of further sessions until a user has bought: a session may fail while prices and stock change. */
const MAX_SESSIONS_TO_BUY = 20;
const NEVER_EXPECTED = new Set([400, 401, 403, 422, 500]);

/**
 * Runs the sessions of a user, one after the other: fill a guest's cart and an own one, merge them, check out. Requests without
 * a response are retried, with the same Idempotency-Key if they have one.
 */
export async function runUserSessions(subject: string, options: UserSessionOptions): Promise<void> {
  const { whenUp, random, productIds, signal, onOpened, log, repeats, unexpected, retryTimeoutMs, idleMs } =
    options;
  const token = await mintToken({ subject, scopes: [] });

  const withRetry = async (
    path: string,
    options: RequestOptions,
    key?: string,
    method: 'POST' | 'PUT' = 'POST',
  ): Promise<ApiResponse<CartBody> & { readonly isRepeated: boolean }> => {
    let isRepeated = false;
    let last = 'none';
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    for (let remainingMs = retryTimeoutMs; remainingMs > 0;) {
      const api = await whenUp();
      const sentAt = performance.now();
      const response = await api
        .call<CartBody>(method, path, { ...options, headers })
        .catch((error: unknown) => void (last = String(error)));
      if (response) last = `${response.status} ${JSON.stringify(response.body)}`;
      if (response && NEVER_EXPECTED.has(response.status))
        unexpected.push(`${method} ${path} got ${response.status}: ${JSON.stringify(response.body)}`);
      if (response?.headers.get('idempotent-replayed')) repeats.replayed += 1;
      if (response && response.status < 500) return { ...response, isRepeated };
      isRepeated = true;
      if (key !== undefined) repeats.sent += 1;
      await delay(10);
      remainingMs -= performance.now() - sentAt;
    }
    throw new Error(
      `${method} ${path} had no success in ${retryTimeoutMs} ms of calls; the last response: ${last}`,
    );
  };
  const stored: { path: string; options: RequestOptions; key: string; status: number; version: number }[] =
    [];
  const attempt = async (operation: Operation, path: string, options: RequestOptions, isKeyed: boolean) => {
    const key = isKeyed ? randomUUID() : undefined;
    const { status, body, isRepeated } = await withRetry(path, options, key);
    const isDone = status < 300;
    // A rejected request is not stored under its key: repeated, it may succeed.
    if (key && isDone) stored.push({ path, options, key, status, version: body.version });
    // The first request of a checkout may still have waited for Product when its connection was lost, and been applied later.
    const rejected = { status: isRepeated && operation.op === 'checkOut' ? 'unknown' : 'rejected' } as const;
    log.push({ ...operation, outcome: isDone ? { status: 'done', version: body.version } : rejected });
    return isDone;
  };
  /** Repeats an applied request; its process may have been killed since. */
  const repeatOne = async () => {
    const request = stored[random(0, stored.length - 1)];
    if (!request) return;
    const { path, options, key, status, version } = request;
    repeats.sent += 1;
    const repeated = await withRetry(path, options, key);
    if (repeated.status !== status || repeated.body.version !== version)
      unexpected.push(`POST ${path} got ${status}, and ${repeated.status} when it was repeated`);
  };
  const isLucky = () => random(0, 1) === 0;

  const open = async (token: string | false): Promise<string> => {
    const { body } = await withRetry('/carts', { token }, randomUUID());
    onOpened(body.cartId, token);
    log.push({ op: 'open', cartId: body.cartId, outcome: { status: 'done', version: 1 } });
    return body.cartId;
  };
  /** Fills a cart; each add has a key, because a retried add without one may count twice. */
  const fill = async (cartId: string, token: string | false) => {
    for (let line = random(1, 2); line > 0; line--) {
      const productId = productIds[random(0, productIds.length - 1)] ?? '';
      const qty = random(1, 3);
      const operation = { op: 'add', cartId, productId, qty, isKeyed: true } as const;
      await attempt(operation, `/carts/${cartId}/items`, { body: { productId, qty }, token }, true);
    }
  };
  const merge = (cartId: string, fromCartId: string) =>
    attempt(
      { op: 'merge', cartId, fromCartId },
      `/carts/${cartId}/merge`,
      { body: { fromCartId }, token },
      isLucky(),
    );
  const hold = (cartId: string) =>
    attempt({ op: 'hold', cartId }, `/carts/${cartId}/hold`, { token }, isLucky());
  const setQuantity = async (cartId: string, productId: string, qty: number) => {
    const path = `/carts/${cartId}/items/${productId}`;
    const { status, body, isRepeated } = await withRetry(path, { body: { qty }, token }, undefined, 'PUT');
    // The first request may have been applied, and its response lost, although its retry is rejected.
    const rejected = { status: isRepeated ? 'unknown' : 'rejected' } as const;
    const outcome = status < 300 ? ({ status: 'done', version: body.version } as const) : rejected;
    log.push({ op: 'set', cartId, productId, qty, outcome });
  };
  /** Accepts changed prices, and lowers quantities to the available units. */
  const acceptChanges = async (cartId: string) => {
    const api = await whenUp();
    const read = await api.call<CartBody>('GET', `/carts/${cartId}`, { token }).catch(() => undefined);
    for (const { productId, priceChanged, availability, qty, availableQty } of read?.body.items ?? []) {
      if (priceChanged) await withRetry(`/carts/${cartId}/items/${productId}/accept-price`, { token });
      if (availability === 'insufficient') await setQuantity(cartId, productId, Math.min(qty, availableQty));
    }
  };
  const idle = async () => {
    if (idleMs !== undefined && random(1, 5) === 1)
      await delay(idleMs, undefined, { signal }).catch(() => undefined);
  };
  const buy = async (cartId: string): Promise<boolean> => {
    await idle();
    if (random(1, 4) === 1) await hold(cartId);
    for (let tries = random(1, 4); tries > 0; tries--) {
      if (await attempt({ op: 'checkOut', cartId }, `/carts/${cartId}/checkout`, { token }, isLucky()))
        return true;
      await acceptChanges(cartId);
    }
    return false;
  };

  let hasBought = false;
  for (
    let sessionsLeft = MAX_SESSIONS_TO_BUY;
    !signal.aborted || (!hasBought && sessionsLeft > 0);
    sessionsLeft -= signal.aborted ? 1 : 0
  ) {
    const [userCart, guestCart] = [await open(token), await open(false)];
    await fill(guestCart, false);
    await fill(userCart, token);
    for (let times = random(1, 2); times > 0; times--) await merge(userCart, guestCart);
    await repeatOne();
    hasBought = (random(1, 4) > 1 && (await buy(userCart))) || hasBought;
  }
}
