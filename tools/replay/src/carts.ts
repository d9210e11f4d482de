import type { Sale } from '@tandem/import/catalog';

/** Add of a quantity of a product to a cart. */
export interface Add {
  readonly productId: string;
  readonly qty: number;
}

const unitsPerLine = 999;
const linesPerCart = 100;

interface Draft {
  readonly adds: Add[];
  readonly units: Map<string, number>;
}

/** Plans the carts of each invoice, by its number: one add per row, in as many carts as the limits of a cart require. */
export function planCarts(sales: readonly Sale[]): ReadonlyMap<string, readonly (readonly Add[])[]> {
  const drafts = new Map<string, Draft[]>();
  for (const { invoice, productId, quantity } of sales) {
    const carts = drafts.get(invoice) ?? [];
    drafts.set(invoice, carts);
    for (let left = quantity, index = 0; left > 0; index += 1) {
      const cart = (carts[index] ??= { adds: [], units: new Map() });
      const qty = Math.min(left, remainingQty(cart, productId));
      if (qty === 0) continue;
      cart.adds.push({ productId, qty });
      cart.units.set(productId, (cart.units.get(productId) ?? 0) + qty);
      left -= qty;
    }
  }
  return new Map([...drafts].map(([invoice, carts]) => [invoice, carts.map(({ adds }) => adds)]));
}

function remainingQty({ units }: Draft, productId: string): number {
  const added = units.get(productId);
  if (added !== undefined) return unitsPerLine - added;
  return units.size < linesPerCart ? unitsPerLine : 0;
}
