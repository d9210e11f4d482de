import type { NewEvent } from '@tandem/contracts/events';
import type { Change } from '@tandem/storage/table';
import type { Cart } from '../domain/cart.ts';
import { expireCart } from '../domain/checkout.ts';
import { carts } from '../store/kinds.ts';

/** What it means to others that an item of the table went because its time was over. */
export function eventsOfExpired({ kind, before }: Change): readonly NewEvent[] {
  return kind === carts.name && before ? expireCart(before.state as Cart) : [];
}
