import type { FastifyReply, FastifyRequest } from 'fastify';
import { parsePreconditions } from '@tandem/chassis/http/preconditions';
import type { Caller, Carts, Change } from '../application/types.ts';
import type { CartView } from '../domain/view.ts';
import { isGuestCartId, openedAtOf, publicIdOf } from './cart-ids.ts';
import { allowsWriteOn, cartTag } from './cart-tag.ts';
import * as costs from './costs.ts';
import type { CartCost } from './costs.ts';

type Headers = Parameters<typeof parsePreconditions>[0] & { readonly prefer?: string | undefined };

/** The caller of a request for these carts, which are named by their API ids. */
export function callerOf(
  request: Pick<FastifyRequest, 'identity' | 'idempotent' | 'idle' | 'charge' | 'route'> & {
    readonly headers: Headers;
  },
  ...cartIds: readonly string[]
): Caller {
  const { identity, idempotent, headers } = request;
  const guestCarts = new Map(
    cartIds.filter(isGuestCartId).map((cartId) => [publicIdOf(cartId), openedAtOf(cartId)]),
  );
  const preconditions = parsePreconditions(headers);
  const isConditional = preconditions.ifMatch !== undefined || preconditions.ifNoneMatch !== undefined;
  return {
    identity,
    idempotent,
    knowsSecretOf: (cartId) => guestCarts.has(cartId),
    openedAt: (cartId) => guestCarts.get(cartId),
    ...(isConditional && { meetsPreconditions: (cart) => allowsWriteOn(cart, preconditions) }),
    idle: (wait) => request.idle(wait),
    onLinesRead: chargeOnce(request),
  };
}

/**
 * Charges a request for the lines that it reads by the cost of its route, once: later attempts (under contention, or
 * the second of a checkout) are not charged.
 */
function chargeOnce({
  charge,
  route,
  idempotent,
}: Pick<FastifyRequest, 'charge' | 'route' | 'idempotent'>): (lines: number) => void {
  let isCharged = false;
  return (lines) => {
    if (isCharged) return;
    isCharged = true;
    const { perLine = 0 } = (route.config.cost ?? {}) as Partial<CartCost>;
    charge(lines * perLine + (idempotent ? costs.IDEMPOTENCY_KEY : 0));
  };
}

/** Responds to a change of one line: with the cart, or without content to a request that prefers that (RFC 7240). */
export async function respondToChange(
  carts: Pick<Carts, 'change' | 'changeOnly'>,
  request: Parameters<typeof callerOf>[0] & { readonly params: { readonly cartId: string } },
  reply: FastifyReply,
  change: Change,
  ...productIds: string[]
) {
  const { cartId } = request.params;
  const [caller, publicId] = [callerOf(request, cartId), publicIdOf(cartId)];
  if (!prefersMinimal(request))
    return respond(reply, await carts.change(caller, publicId, change, ...productIds), cartId);
  await carts.changeOnly(caller, publicId, change, ...productIds);
  return reply.code(204).header('preference-applied', MINIMAL).send();
}

const MINIMAL = 'return=minimal';

/** Whether the first preference for what is returned is `minimal`. With an Idempotency-Key the response is stored, and whole. */
function prefersMinimal({ headers: { prefer = '' }, idempotent }: Parameters<typeof callerOf>[0]): boolean {
  const preferences = prefer.split(',').map((preference) => preference.split(';', 1)[0] ?? '');
  const wanted = preferences.find((preference) => /^\s*return\s*=/i.test(preference)) ?? '';
  return idempotent === undefined && wanted.replaceAll(/[\s"]/g, '').toLowerCase() === MINIMAL;
}

/** Sets the ETag, by which a conditional read is 304; returns the cart with the API id that the caller used. */
export function respond(reply: FastifyReply, cart: CartView, cartId: string): CartView {
  reply.header('etag', cartTag(cart));
  return { ...cart, cartId };
}
