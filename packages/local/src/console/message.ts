import { createHash } from 'node:crypto';
import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { parseTraceparent } from '@tandem/chassis/trace';
import { committedAt } from '@tandem/contracts/committed-at';
import type { NewEvent } from '@tandem/contracts/events';
import type { EventSeen } from './protocol.ts';

/** What a message tells of itself to whoever may not read it. */
export interface MessageSeen {
  readonly seen: EventSeen;
  readonly traceId?: string;
  readonly committedAt?: number;
}

type Attributes = Readonly<Record<string, Pick<MessageAttributeValue, 'StringValue'>>>;

/** How much of a cart's id is shown: `cart-` and a third of what is random. */
const SHOWN = 13;
/** How much of a digest tells one cart from another. */
const DIGEST = 8;

/** The attributes that {@link readMessage} looks at, beside the one that says that a message is a poisoned one. */
export const readAttributes = ['eventType', 'eventId', 'traceparent', 'poison'] as const;

/** The beginning of a cart's id. */
export function shortened(cartId: string): string {
  return cartId.length > SHOWN ? `${cartId.slice(0, SHOWN)}…` : cartId;
}

/** Reads a message, whatever it holds. Of a cart's id, also within the event's, only the beginning is left. */
export function readMessage(body: string, attributes: Attributes = {}): MessageSeen {
  const event = parsed(body);
  const text = (name: string): string | undefined => {
    const value = event[name] ?? attributes[name]?.StringValue;
    return typeof value === 'string' ? value : undefined;
  };
  const [productId, cartId] = [text('productId'), text('cartId')];
  const eventId = text('eventId') ?? '';
  const time = committedAt(event as unknown as NewEvent & { readonly timestamp: string });
  const traceId = parseTraceparent(attributes['traceparent']?.StringValue)?.traceId;
  return {
    seen: {
      eventId: aliased(eventId, cartId),
      eventType: text('eventType') ?? 'unknown',
      ...(productId === undefined ? {} : { productId }),
      ...(cartId === undefined ? {} : { cart: cartId.slice(0, SHOWN) }),
    },
    ...(traceId === undefined ? {} : { traceId }),
    ...(time === undefined || !Number.isFinite(time) ? {} : { committedAt: time }),
  };
}

/** A path in which no cart's id is whole, however it was written. */
export function withoutCarts(path: string): string {
  return decoded(path).replace(
    /((?:^|\/)carts?\/+)([^/]+)/gi,
    (_all, prefix: string, cartId: string) => prefix + shortened(cartId),
  );
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/…';
  }
}

/** An event's id without a cart's; that of another cart stays another one, however alike they begin. */
function aliased(eventId: string, cartId = ''): string {
  const alias = (id: string) =>
    `${shortened(id)}${createHash('sha256').update(id).digest('hex').slice(0, DIGEST)}`;
  const own = eventId.replace(/^(cart\/)([^/]+)/, (_all, prefix: string, id: string) => prefix + alias(id));
  return cartId === '' ? own : own.replaceAll(cartId, alias(cartId));
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
