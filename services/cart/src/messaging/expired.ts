import type { NewEvent } from '@tandem/contracts/events';
import type { Change } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import { expireCart } from '../domain/checkout.ts';
import { carts } from '../store/entity-types.ts';

/** The events for an expired item: the expiry of an open cart releases its stock. */
export function eventsForExpiredItem({ kind, before }: Change): readonly NewEvent[] {
  return kind === carts.name && before ? expireCart(before.state as Cart) : [];
}
