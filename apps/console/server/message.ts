import type { MessageAttributeValue } from '@aws-sdk/client-sqs';
import { parseTraceparent } from '@tandem/chassis/trace';
import { committedAt } from '@tandem/contracts/committed-at';
import type { NewEvent } from '@tandem/contracts/events';
import { publicIdOf } from '@tandem/cart/http/cart-ids';
import type { EventSummary } from './protocol.ts';

/** Summary of a message without its payload. */
export interface MessageSummary {
  readonly event: EventSummary;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly committedAt?: number;
}

/** Operations on the whole catalog. */
const NOT_A_PRODUCT: ReadonlySet<string> = new Set(['import', 'snapshots']);

type Attributes = Readonly<Record<string, Pick<MessageAttributeValue, 'StringValue'>>>;

/** Public id of a cart, which grants no access. */
const PUBLIC_ID = /^cart-[\w-]{22}$/;

/** Message attributes that {@link readMessage} uses, and `poison`, which marks a poison message. */
export const summaryAttributes = ['eventType', 'eventId', 'traceparent', 'poison'] as const;

/** Summarises a message; tolerates any body. */
export function readMessage(body: string, attributes: Attributes = {}): MessageSummary {
  const payload = parsed(body);
  const text = (name: string): string | undefined => {
    const value = payload[name] ?? attributes[name]?.StringValue;
    return typeof value === 'string' ? value : undefined;
  };
  const [productId, cartId] = [text('productId'), text('cartId')];
  const time = committedAt(payload as unknown as NewEvent & { readonly timestamp: string });
  const { traceId, spanId } = parseTraceparent(attributes['traceparent']?.StringValue) ?? {};
  return {
    event: {
      eventId: text('eventId') ?? '',
      eventType: text('eventType') ?? 'unknown',
      ...(productId === undefined ? {} : { productId }),
      ...(cartId === undefined ? {} : { cartId }),
    },
    ...(traceId === undefined || spanId === undefined ? {} : { traceId, spanId }),
    ...(time === undefined || !Number.isFinite(time) ? {} : { committedAt: time }),
  };
}

/** Product and public cart id that the path of a request names. */
export function subjectOf(path: string): { readonly productId?: string; readonly cartId?: string } {
  const [, resource, id, part, partId] = decoded(path).split(/\/+/);
  const named = resource === 'products' ? id : part === 'items' ? partId : undefined;
  const productId = resource === 'products' && part === undefined && NOT_A_PRODUCT.has(id ?? '') ? '' : named;
  const cartId = resource === 'carts' && id ? publicIdOf(id) : undefined;
  return { ...(productId && { productId }), ...(cartId && PUBLIC_ID.test(cartId) && { cartId }) };
}

/** Path with secret cart ids redacted, in any encoding; public cart ids stay. */
export function redactCartIds(path: string): string {
  return decoded(path).replace(
    /((?:^|\/)carts?\/+)([^/]+)/gi,
    (_all, prefix: string, cartId: string) => prefix + redacted(cartId),
  );
}

function redacted(cartId: string): string {
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
