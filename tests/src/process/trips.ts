import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mintToken } from '@tandem/emulators/issuer';
import type { Answer, CartBody, client, Sent } from '../support/http.ts';
import type { Random } from './random.ts';
import type { Entry, Operation } from './record.ts';

type Client = ReturnType<typeof client>;

/** How many requests with a key were sent again, and how many of them had been carried out before. */
export interface Repeats {
  sent: number;
  replayed: number;
}

export interface TripOptions {
  readonly whenUp: () => Promise<Client>;
  readonly random: Random;
  readonly productIds: readonly string[];
  readonly signal: AbortSignal;
  /** Is told of each cart that is opened, and of the token that its owner shows. */
  readonly onOpened: (cartId: string, token: string | false) => void;
  readonly log: Entry[];
  readonly repeats: Repeats;
  /** Responses that no client should ever get. */
  readonly unexpected: string[];
  /** How long a request is sent again until it gets a response. */
  readonly patienceMs: number;
  /** How long a cart is sometimes left alone before its checkout; default: never. */
  readonly idleMs?: number | undefined;
}

/** While prices and stock change, a trip may well end without: only when they rest can a request be retried. */
const TRIPS_TO_BUY = 20;
const NEVER_EXPECTED = new Set([400, 401, 403, 422, 500]);

/**
 * A user's trips, one after the other: fill a cart as a guest and one as oneself, merge them, buy. Whatever gets
 * no response is sent again until it does, with the same Idempotency-Key where it has one.
 */
export async function goShopping(subject: string, options: TripOptions): Promise<void> {
  const { whenUp, random, productIds, signal, onOpened, log, repeats, unexpected, patienceMs, idleMs } =
    options;
  const token = await mintToken({ subject, scopes: [] });

  const withRetry = async (
    path: string,
    sent: Sent,
    key?: string,
    method: 'POST' | 'PUT' = 'POST',
  ): Promise<Answer<CartBody> & { readonly isRepeated: boolean }> => {
    let isRepeated = false;
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    for (const end = performance.now() + patienceMs; performance.now() < end; await delay(10)) {
      const api = await whenUp();
      const answer = await api.call<CartBody>(method, path, { ...sent, headers }).catch(() => undefined);
      if (answer && NEVER_EXPECTED.has(answer.status))
        unexpected.push(`${method} ${path} got ${answer.status}: ${JSON.stringify(answer.body)}`);
      if (answer?.headers.get('idempotent-replayed')) repeats.replayed += 1;
      if (answer && answer.status < 500) return { ...answer, isRepeated };
      isRepeated = true;
      if (key !== undefined) repeats.sent += 1;
    }
    throw new Error(`${method} ${path} never got a response`);
  };
  const stored: { path: string; sent: Sent; key: string; status: number; version: number }[] = [];
  const attempt = async (operation: Operation, path: string, sent: Sent, isKeyed: boolean) => {
    const key = isKeyed ? randomUUID() : undefined;
    const { status, body } = await withRetry(path, sent, key);
    const isDone = status < 300;
    // A rejected request is not stored under its key: repeated, it may succeed.
    if (key && isDone) stored.push({ path, sent, key, status, version: body.version });
    log.push({
      ...operation,
      outcome: isDone ? { status: 'done', version: body.version } : { status: 'refused' },
    });
    return isDone;
  };
  /** Repeats a request that was carried out, maybe by a process that was killed since. */
  const repeatOne = async () => {
    const one = stored[random(0, stored.length - 1)];
    if (!one) return;
    const { path, sent, key, status, version } = one;
    repeats.sent += 1;
    const again = await withRetry(path, sent, key);
    if (again.status !== status || again.body.version !== version)
      unexpected.push(`POST ${path} got ${status}, and ${again.status} when it was repeated`);
  };
  const isLucky = () => random(0, 1) === 0;

  const open = async (token: string | false): Promise<string> => {
    const { body } = await withRetry('/carts', { token }, randomUUID());
    onOpened(body.cartId, token);
    log.push({ op: 'open', cartId: body.cartId, outcome: { status: 'done', version: 1 } });
    return body.cartId;
  };
  /** Without a key an add that is asked again may count again: all of these have one. */
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
    // A first request whose response was lost may have been carried out although its repetition is rejected.
    const rejected = { status: isRepeated ? 'unknown' : 'refused' } as const;
    const outcome = status < 300 ? ({ status: 'done', version: body.version } as const) : rejected;
    log.push({ op: 'set', cartId, productId, qty, outcome });
  };
  /** Accepts the prices, and confirms what is left of quantities that Product could not hold. */
  const acceptChanges = async (cartId: string) => {
    const api = await whenUp();
    const read = await api.call<CartBody>('GET', `/carts/${cartId}`, { token }).catch(() => undefined);
    for (const { productId, priceChanged, availability, qty, availableQty } of read?.body.items ?? []) {
      if (priceChanged) await withRetry(`/carts/${cartId}/items/${productId}/accept-price`, { token });
      if (availability === 'insufficient') await setQuantity(cartId, productId, Math.min(qty, availableQty));
    }
  };
  const leaveAlone = async () => {
    if (idleMs !== undefined && random(1, 5) === 1)
      await delay(idleMs, undefined, { signal }).catch(() => undefined);
  };
  const buy = async (cartId: string): Promise<boolean> => {
    await leaveAlone();
    if (random(1, 4) === 1) await hold(cartId);
    for (let tries = random(1, 4); tries > 0; tries--) {
      if (await attempt({ op: 'checkOut', cartId }, `/carts/${cartId}/checkout`, { token }, isLucky()))
        return true;
      await acceptChanges(cartId);
    }
    return false;
  };

  let hasBought = false;
  for (let left = TRIPS_TO_BUY; !signal.aborted || (!hasBought && left > 0); left -= signal.aborted ? 1 : 0) {
    const [own, guest] = [await open(token), await open(false)];
    await fill(guest, false);
    await fill(own, token);
    for (let times = random(1, 2); times > 0; times--) await merge(own, guest);
    await repeatOne();
    hasBought = (random(1, 4) > 1 && (await buy(own))) || hasBought;
  }
}
