import { type Answer, type Client, KEEPER, type Sending } from './client.ts';
import type { House } from './house.ts';

/** As the lines of the UCI "Online Retail" data set are: 27 characters on average. */
const NAMES = [
  'WHITE HANGING HEART T-LIGHT HOLDER',
  'RED WOOLLY HOTTIE WHITE HEART',
  'HAND WARMER UNION JACK',
  'ASSORTED COLOUR BIRD ORNAMENT',
  'JAM MAKING SET WITH JARS',
  'VINTAGE PAISLEY STATIONERY',
  'LUNCH BAG RED RETROSPOT',
  'POPPY PLAYHOUSE BEDROOM',
];
const CATEGORIES = ['kitchen', 'decoration', 'stationery', 'toys', 'garden'];
const DESCRIPTION =
  'Made of solid beech wood and steel, oiled by hand. Wipe with a damp cloth. 24 cm wide, 31 cm high, 480 g.';
export const PRODUCTS = 120;
export const GUEST = Symbol('guest');

export const productId = (i: number) => `${22_000 + i}B`;

/** A product as a shop would have it, with a sentence and a picture. */
export function productInput(i: number) {
  return {
    name: NAMES[i % NAMES.length] ?? '',
    description: DESCRIPTION,
    category: CATEGORIES[i % CATEGORIES.length] ?? '',
    imageUrl: `https://images.example.com/products/${productId(i)}-640.webp`,
    price: 295 + 10 * i,
    currency: 'GBP',
    inventory: 1_000 + i,
  };
}

/** A shop at work: what a step does is over, downstream too, before the next one begins. */
export function createShop({ lockstep }: House, client: Client) {
  let opened = 0;
  let used = 0;

  const step = async (sending: Sending, compressed?: boolean): Promise<Answer> => {
    const answer = await lockstep.request(() => client.send(sending, compressed));
    await lockstep.atRest();
    if (answer.status >= 400)
      throw new Error(`${sending.method} ${sending.path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };

  const shop = {
    step,
    /** Another product each time, so that none is the only hot one. */
    anyProduct: () => used++ % PRODUCTS,
    async stock() {
      for (let i = 0; i < PRODUCTS; i++) await step(shop.putting(i));
    },
    putting: (i: number): Sending => ({
      method: 'PUT',
      path: `/products/${productId(i)}`,
      body: productInput(i),
      as: KEEPER,
    }),
    /** Every second cart is a user's. */
    nobody: (): string | undefined =>
      opened++ % 2 === 0 ? undefined : `user-${String(opened).padStart(8, '0')}`,
    opening: (as: string | undefined): Sending => ({ method: 'POST', path: '/carts', ...(as && { as }) }),

    /** A cart of so many lines, its stock confirmed. */
    async cart(lines: number, owner: string | typeof GUEST = shop.nobody() ?? GUEST) {
      const as = owner === GUEST ? undefined : owner;
      const { cartId } = (await step(shop.opening(as))).body as { cartId: string };
      const who = as === undefined ? {} : { as };
      const products: string[] = [];
      for (let i = 0; i < lines; i++) {
        const id = productId(shop.anyProduct());
        products.push(id);
        await step(shop.adding({ path: `/carts/${cartId}`, who }, id));
      }
      return { path: `/carts/${cartId}`, cartId, products, last: products.at(-1) ?? '', who };
    },
    adding: ({ path, who }: Owned, id = productId(shop.anyProduct())): Sending => ({
      method: 'POST',
      path: `${path}/items`,
      body: { productId: id, qty: 2 },
      ...who,
    }),
  };
  return shop;
}

export interface Owned {
  readonly path: string;
  readonly who: { readonly as?: string };
}
export type Shop = ReturnType<typeof createShop>;
