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

/** A cart's public id, which grants no access. */
const PUBLIC_ID = /^cart-[\w-]{22}$/;

/** The attributes that {@link readMessage} looks at, beside the one that says that a message is a poisoned one. */
export const readAttributes = ['eventType', 'eventId', 'traceparent', 'poison'] as const;

/** Reads a message, whatever it holds. */
export function readMessage(body: string, attributes: Attributes = {}): MessageSeen {
  const event = parsed(body);
  const text = (name: string): string | undefined => {
    const value = event[name] ?? attributes[name]?.StringValue;
    return typeof value === 'string' ? value : undefined;
  };
  const [productId, cartId] = [text('productId'), text('cartId')];
  const time = committedAt(event as unknown as NewEvent & { readonly timestamp: string });
  const traceId = parseTraceparent(attributes['traceparent']?.StringValue)?.traceId;
  return {
    seen: {
      eventId: text('eventId') ?? '',
      eventType: text('eventType') ?? 'unknown',
      ...(productId === undefined ? {} : { productId }),
      ...(cartId === undefined ? {} : { cartId }),
    },
    ...(traceId === undefined ? {} : { traceId }),
    ...(time === undefined || !Number.isFinite(time) ? {} : { committedAt: time }),
  };
}

/** A path without the secret of a guest's cart, however it was written: of carts it names public ids only. */
export function withoutCarts(path: string): string {
  return decoded(path).replace(
    /((?:^|\/)carts?\/+)([^/]+)/gi,
    (_all, prefix: string, cartId: string) => prefix + shown(cartId),
  );
}

function shown(cartId: string): string {
  if (PUBLIC_ID.test(cartId)) return cartId;
  return cartId.startsWith('guest-') ? 'guest-…' : '…';
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/…';
  }
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
