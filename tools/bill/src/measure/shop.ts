import { type Answer, type Client, KEEPER, type Sending } from './client.ts';
import type { TestSystem } from './test-system.ts';

/** As long as the names of the UCI "Online Retail" data set, 27 characters on average, and as little alike. */
const LOOKS = [
  'WHITE HANGING',
  'RED RETROSPOT',
  'VINTAGE PAISLEY',
  'IVORY KNITTED',
  'BLUE HARMONICA',
  'SET OF 6',
  'PINK POLKADOT',
];
const MATTERS = [
  'WOOLLY',
  'GLASS',
  'PAPER',
  'WOODEN',
  'METAL',
  'CERAMIC',
  'FELT',
  'ENAMEL',
  'WICKER',
  'CARD',
  'FLORAL',
];
const THINGS = [
  'LANTERN',
  'LUNCH BAG',
  'CAKE STAND',
  'DOORMAT',
  'ALARM CLOCK',
  'BUNTING',
  'TEA TOWELS',
  'COAT HOOK',
  'BOWL',
  'PICTURE FRAME',
  'TRINKET BOX',
  'STORAGE JAR',
  'BIRD ORNAMENT',
];
/** Descriptions that are not alike either: what a compressed list takes depends on it. */
const WORDS =
  'soft bright sturdy hand made painted from solid beech oak steel cotton linen with brass handles for kitchen garden desk or hall wipe clean only wash at thirty keeps its shape stacks easily fits most cups holds two litres comes flat in a gift box matches our winter range by small workshop since nineteen eighty'.split(
    ' ',
  );
export const DESCRIPTION_CHARACTERS = 105;
const CATEGORIES = ['kitchen', 'decoration', 'stationery', 'toys', 'garden'];
export const PRODUCTS = 120;
export const GUEST = Symbol('guest');

export const productId = (i: number) => `${22_000 + i}B`;

/** A product as a shop would have it, with a picture and a description of so many characters; default: a sentence. */
export function productInput(i: number, characters = DESCRIPTION_CHARACTERS) {
  return {
    name: [LOOKS, MATTERS, THINGS].map((of) => of[i % of.length]).join(' '),
    description: described(i, characters),
    category: CATEGORIES[i % CATEGORIES.length] ?? '',
    imageUrl: `https://images.example.com/products/${productId(i)}-640.webp`,
    price: 295 + 10 * i,
    currency: 'GBP',
    inventory: 1_000 + i,
  };
}

/** Words in an order that is another for each product and the same each time. */
function described(i: number, characters: number): string {
  const words: string[] = [];
  for (let at = 7 * i + 1; words.join(' ').length < characters; at = (at * 5 + i + 3) % 8_191)
    words.push(WORDS[at % WORDS.length] ?? '');
  return words.join(' ').slice(0, characters);
}

/** A shop at work: what a step does is over, downstream too, before the next one begins. */
export function createShop({ lockstep }: TestSystem, client: Client) {
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
