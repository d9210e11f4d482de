import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { mintToken } from '@tandem/local/issuer';
import type { Answer, CartBody, client, Sent } from '../support/http.ts';
import type { Random } from './load.ts';
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
  readonly scandals: string[];
  /** How long a request is sent again until it is answered. */
  readonly patienceMs: number;
}

/** While prices and stock change, a trip may well end without: only when they rest can one insist. */
const TRIPS_TO_BUY = 20;
const NEVER_EXPECTED = new Set([400, 401, 403, 422, 500]);

/**
 * A user's trips, one after the other: fill a cart as a guest and one as oneself, merge them, buy. Whatever is not
 * answered is asked again until it is, with the same Idempotency-Key where it has one: no outcome stays unknown.
 */
export async function goShopping(subject: string, options: TripOptions): Promise<void> {
  const { whenUp, random, productIds, signal, onOpened, log, repeats, scandals, patienceMs } = options;
  const token = await mintToken({ subject, scopes: [] });

  const insist = async (path: string, sent: Sent, key?: string): Promise<Answer<CartBody>> => {
    const headers = key === undefined ? {} : { 'idempotency-key': key };
    for (const end = performance.now() + patienceMs; performance.now() < end; await delay(10)) {
      const api = await whenUp();
      const answer = await api.call<CartBody>('POST', path, { ...sent, headers }).catch(() => undefined);
      if (answer && NEVER_EXPECTED.has(answer.status))
        scandals.push(`POST ${path} was answered ${answer.status}: ${JSON.stringify(answer.body)}`);
      if (answer?.headers.get('idempotent-replayed')) repeats.replayed += 1;
      if (answer && answer.status < 500) return answer;
      if (key !== undefined) repeats.sent += 1;
    }
    throw new Error(`POST ${path} was never answered`);
  };
  const answered: { path: string; sent: Sent; key: string; status: number; version: number }[] = [];
  const attempt = async (operation: Operation, path: string, sent: Sent, isKeyed: boolean) => {
    const key = isKeyed ? randomUUID() : undefined;
    const { status, body } = await insist(path, sent, key);
    const isDone = status < 300;
    // Only what was decided about a cart is remembered: a product that was not known then may be by now.
    if (key && (isDone || status === 409)) answered.push({ path, sent, key, status, version: body.version });
    log.push({
      ...operation,
      outcome: isDone ? { status: 'done', version: body.version } : { status: 'refused' },
    });
    return isDone;
  };
  /** Asks again what was answered before, maybe by a process that was killed since. */
  const repeatOne = async () => {
    const one = answered[random(0, answered.length - 1)];
    if (!one) return;
    const { path, sent, key, status, version } = one;
    repeats.sent += 1;
    const again = await insist(path, sent, key);
    if (again.status !== status || again.body.version !== version)
      scandals.push(`POST ${path} was answered ${status}, and ${again.status} when it was repeated`);
  };
  const isLucky = () => random(0, 1) === 0;

  const open = async (token: string | false): Promise<string> => {
    const { body } = await insist('/carts', { token }, randomUUID());
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
  const acceptPrices = async (cartId: string) => {
    const api = await whenUp();
    const read = await api.call<CartBody>('GET', `/carts/${cartId}`, { token }).catch(() => undefined);
    for (const { productId } of read?.body.items ?? [])
      await insist(`/carts/${cartId}/items/${productId}/accept-price`, { token });
  };
  const buy = async (cartId: string): Promise<boolean> => {
    for (let tries = random(1, 4); tries > 0; tries--) {
      if (await attempt({ op: 'checkOut', cartId }, `/carts/${cartId}/checkout`, { token }, isLucky()))
        return true;
      await acceptPrices(cartId);
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
