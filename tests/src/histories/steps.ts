import * as fc from 'fast-check';

/** Change of a cart. Carts have any number, modulo their count. */
export type CartStep =
  | { readonly do: 'add' | 'set'; readonly cart: number; readonly productId: string; readonly qty: number }
  | { readonly do: 'merge'; readonly cart: number; readonly from: number }
  | { readonly do: 'hold' | 'checkOut' | 'delete'; readonly cart: number };

/** Change of a product. */
export type ProductStep =
  | { readonly do: 'deliver-units'; readonly productId: string; readonly delta: number }
  | { readonly do: 'count'; readonly productId: string; readonly onHand: number }
  | { readonly do: 'create' | 'replace'; readonly productId: string; readonly inventory: number }
  | {
      readonly do: 'import';
      readonly productId: string;
      readonly inventory: number;
      readonly isStockCount: boolean;
    }
  | { readonly do: 'discard'; readonly productId: string };

type ServiceName = 'product' | 'cart';

/** Step of a history. Messages have any number, modulo their count. */
export type Step =
  | CartStep
  | ProductStep
  /** Two concurrent changes of carts, at two instances. */
  | { readonly do: 'both'; readonly steps: readonly [CartStep, CartStep] }
  | { readonly do: 'open' | 'expire-carts' | 'expire-holds' }
  | { readonly do: 'wait'; readonly seconds: number }
  /** The next write of this service's table is stored, and its response is lost. */
  | { readonly do: 'lose-response'; readonly at: ServiceName }
  /** A response of Product to a cart never arrives. */
  | { readonly do: 'lose-message'; readonly nth: number }
  | {
      readonly do: 'deliver';
      readonly to: ServiceName;
      readonly messages: readonly number[];
      /** Whether the messages are delivered again later. */
      readonly isRedelivered: boolean;
      /** Whether both instances apply all messages concurrently. */
      readonly atBothInstances: boolean;
    };

export const productIds = ['p', 'q'];
export const CARTS = 4;
const DAY = 24 * 60 * 60;

const cart = fc.nat({ max: CARTS + 1 });
const productId = fc.constantFrom(...productIds);
const units = fc.nat({ max: 9 });
const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary });
const is = <T extends string>(name: T) => fc.constant(name);

const cartStep: fc.Arbitrary<CartStep> = fc.oneof(
  weighted(12, fc.record({ do: is('add'), cart, productId, qty: fc.integer({ min: 1, max: 4 }) })),
  weighted(5, fc.record({ do: is('set'), cart, productId, qty: fc.nat({ max: 6 }) })),
  weighted(4, fc.record({ do: is('merge'), cart, from: cart })),
  weighted(3, fc.record({ do: is('hold'), cart })),
  weighted(6, fc.record({ do: is('checkOut'), cart })),
  weighted(1, fc.record({ do: is('delete'), cart })),
);

const productStep: fc.Arbitrary<ProductStep> = fc.oneof(
  fc.record({ do: is('deliver-units'), productId, delta: fc.integer({ min: -3, max: 4 }) }),
  fc.record({ do: is('count'), productId, onHand: units }),
  fc.record({ do: is('create'), productId, inventory: units }),
  fc.record({ do: is('replace'), productId, inventory: units }),
  fc.record({ do: is('import'), productId, inventory: units, isStockCount: fc.boolean() }),
  fc.record({ do: is('discard'), productId }),
);

const step: fc.Arbitrary<Step> = fc.oneof(
  weighted(2, fc.record({ do: is('open') })),
  weighted(34, cartStep),
  weighted(4, fc.record({ do: is('both'), steps: fc.tuple(cartStep, cartStep) })),
  weighted(8, productStep),
  weighted(4, fc.record({ do: is('wait'), seconds: fc.constantFrom(60, 300, 600, 900, DAY, 2 * DAY) })),
  weighted(2, fc.record({ do: is('expire-carts') })),
  weighted(5, fc.record({ do: is('expire-holds') })),
  weighted(2, fc.record({ do: is('lose-response'), at: fc.constantFrom('product', 'cart') })),
  weighted(1, fc.record({ do: is('lose-message'), nth: fc.nat({ max: 30 }) })),
  weighted(
    40,
    fc.record({
      do: is('deliver'),
      to: fc.constantFrom('product', 'cart'),
      messages: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 6 }),
      isRedelivered: fc.boolean(),
      atBothInstances: fc.boolean(),
    }),
  ),
);

/** Initial inventories, steps, and the order in which the remaining messages are delivered. */
export const histories = fc.record({
  inventories: fc.record({ p: units, q: units }),
  steps: fc.array(step, { minLength: 20, maxLength: 90, size: 'max' }),
  order: fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 20 }),
});

/** Random history. */
export type History = typeof histories extends fc.Arbitrary<infer H> ? H : never;
