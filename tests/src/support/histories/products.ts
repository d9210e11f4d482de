import type { NewEvent, TandemEvent } from '@tandem/contracts/events';
import { createProduct, deleteProduct, patchProduct } from '@tandem/product/domain/edit-product';
import {
  requireProduct,
  live,
  stateEvent,
  type StoredProduct,
  withStock,
} from '@tandem/product/domain/product';
import { changeStock } from '@tandem/product/domain/stock';
import * as fc from 'fast-check';
import { ifAllowed, NOW, readEvents } from './delivery.ts';

/** Events of one product, and its final state. */
export interface ProductHistory {
  readonly product: StoredProduct | undefined;
  readonly events: readonly TandemEvent[];
}

type ProductChange = (stored: StoredProduct | undefined) => {
  state: StoredProduct | undefined;
  events: readonly NewEvent[];
};
const inventories = fc.nat({ max: 50 });
const productChanges: fc.Arbitrary<ProductChange> = fc.oneof(
  inventories.map(
    (inventory): ProductChange =>
      (stored) =>
        createProduct(
          { stored },
          'p',
          { content: { name: 'p', price: 1999, currency: 'USD' }, inventory },
          NOW,
        ),
  ),
  fc.nat({ max: 9_999 }).map(
    (price): ProductChange =>
      (stored) =>
        patchProduct({ stored }, 'p', { price }, NOW, () => true),
  ),
  inventories.map((delta): ProductChange => (stored) => {
    const product = requireProduct(stored, 'p');
    return withStock(product, changeStock(product, { delta: delta - 25 }), NOW);
  }),
  fc.constant<ProductChange>((stored) => deleteProduct({ stored }, 'p', NOW, () => true)),
  fc.nat().map((id): ProductChange => (stored) => {
    const product = live(stored);
    return {
      state: stored,
      events: product ? [{ ...stateEvent('ProductSnapshot', product), snapshotId: String(id) }] : [],
    };
  }),
);

/** Histories of a product: creation, changes, deletion, re-creation, and snapshots in between. */
export const productHistories: fc.Arbitrary<ProductHistory> = fc
  .array(productChanges, { minLength: 1, maxLength: 20, size: 'max' })
  .map((changes) => {
    const events: NewEvent[] = [];
    let product: StoredProduct | undefined;
    for (const change of changes) {
      const decision = ifAllowed(() => change(product));
      if (!decision) continue;
      events.push(...decision.events);
      product = decision.state;
    }
    return { product, events: readEvents(events) };
  });
