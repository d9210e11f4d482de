import type { Sale } from '@tandem/import/catalog';

/** So many units put into a cart. */
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

/** The carts of each invoice, by its number: an add a row, in as many carts as a cart's limits demand. */
export function planCarts(sales: readonly Sale[]): ReadonlyMap<string, readonly (readonly Add[])[]> {
  const drafts = new Map<string, Draft[]>();
  for (const { invoice, productId, quantity } of sales) {
    const carts = drafts.get(invoice) ?? [];
    drafts.set(invoice, carts);
    for (let left = quantity, index = 0; left > 0; index += 1) {
      const cart = (carts[index] ??= { adds: [], units: new Map() });
      const qty = Math.min(left, room(cart, productId));
      if (qty === 0) continue;
      cart.adds.push({ productId, qty });
      cart.units.set(productId, (cart.units.get(productId) ?? 0) + qty);
      left -= qty;
    }
  }
  return new Map([...drafts].map(([invoice, carts]) => [invoice, carts.map(({ adds }) => adds)]));
}

function room({ units }: Draft, productId: string): number {
  const held = units.get(productId);
  if (held !== undefined) return unitsPerLine - held;
  return units.size < linesPerCart ? unitsPerLine : 0;
}
