import { ADMIN, type ApiRequest, type ApiResponse, type Client } from './client.ts';
import type { Lockstep } from './lockstep.ts';

/** Parts of names that are as long as those of the UCI "Online Retail" data set, 27 characters on average, and as varied. */
const NAME_PARTS = [
  'WHITE HANGING|RED RETROSPOT|VINTAGE PAISLEY|IVORY KNITTED|BLUE HARMONICA|SET OF 6|PINK POLKADOT',
  'WOOLLY|GLASS|PAPER|WOODEN|METAL|CERAMIC|FELT|ENAMEL|WICKER|CARD|FLORAL',
  'LANTERN|LUNCH BAG|CAKE STAND|DOORMAT|ALARM CLOCK|BUNTING|TEA TOWELS|COAT HOOK|BOWL|PICTURE FRAME|TRINKET BOX|STORAGE JAR|BIRD ORNAMENT',
].map((parts) => parts.split('|'));
/** Words of descriptions, which differ too: the compressed size of a list depends on it. */
const WORDS =
  'soft bright sturdy hand made painted from solid beech oak steel cotton linen with brass handles for kitchen garden desk or hall wipe clean only wash at thirty keeps its shape stacks easily fits most cups holds two litres comes flat in a gift box matches our winter range by small workshop since nineteen eighty'.split(
    ' ',
  );
const CATEGORIES = ['kitchen', 'decoration', 'stationery', 'toys', 'garden'];
const DESCRIPTION_CHARACTERS = 105;
export const PRODUCTS = 120;

export const productId = (i: number) => `${22_000 + i}B`;

/** A typical product, with a picture and a description of a sentence. */
function productInput(i: number) {
  return {
    name: NAME_PARTS.map((parts) => parts[i % parts.length]).join(' '),
    description: descriptionOf(i),
    category: CATEGORIES[i % CATEGORIES.length] ?? '',
    imageUrl: `https://images.example.com/products/${productId(i)}-640.webp`,
    price: 295 + 10 * i,
    currency: 'GBP',
    inventory: 1_000 + i,
  };
}

/** Words in an order of its own for each product, always the same. */
function descriptionOf(i: number): string {
  let text = '';
  for (let at = 7 * i + 1; text.length < DESCRIPTION_CHARACTERS; at = (at * 5 + i + 3) % 8_191)
    text += `${text && ' '}${WORDS[at % WORDS.length]}`;
  return text.slice(0, DESCRIPTION_CHARACTERS);
}

/** Creates a shop whose steps are sequential: the consequences of each are over before the next one begins. */
export function createShop(lockstep: Lockstep, client: Client) {
  let carts = 0;
  let products = 0;

  /** Sends a request and waits until the system is at rest. Rejects for an error status. */
  const step = async (sent: ApiRequest, isCompressed?: boolean): Promise<ApiResponse> => {
    const response = await lockstep.request(() => client.send(sent, isCompressed));
    await lockstep.atRest();
    if (response.status >= 400)
      throw new Error(`${sent.method} ${sent.path}: ${response.status} ${JSON.stringify(response.body)}`);
    return response;
  };
  /** Returns another product each time, so that requests do not concentrate on one. */
  const nextProduct = () => products++ % PRODUCTS;
  /** Owner of the next cart: every second one is a user's. */
  const nextOwner = (): Owner =>
    carts++ % 2 === 0 ? {} : { subject: `user-${String(carts).padStart(8, '0')}` };
  const put = (i: number): ApiRequest => ({
    method: 'PUT',
    path: `/products/${productId(i)}`,
    body: productInput(i),
    subject: ADMIN,
  });
  const open = (owner = nextOwner()): ApiRequest => ({ method: 'POST', path: '/carts', ...owner });
  const add = ({ path, owner }: Pick<Cart, 'path' | 'owner'>, id = productId(nextProduct())): ApiRequest => ({
    method: 'POST',
    path: `${path}/items`,
    body: { productId: id, qty: 2 },
    ...owner,
  });

  return {
    step,
    nextProduct,
    put,
    open,
    add,
    async stock() {
      for (let i = 0; i < PRODUCTS; i++) await step(put(i));
    },
    /** Opens a cart and adds lines, whose stock is confirmed. */
    async cart(lines: number, owner = nextOwner()): Promise<Cart> {
      const { cartId } = (await step(open(owner))).body as { cartId: string };
      const cart = { path: `/carts/${cartId}`, cartId, owner };
      let [last, version] = ['', 1];
      for (let i = 0; i < lines; i++) {
        last = productId(nextProduct());
        ({ version } = (await step(add(cart, last))).body as { version: number });
      }
      return { ...cart, last, version };
    },
  };
}

export type Shop = ReturnType<typeof createShop>;

/** Owner of a cart: a user, or a guest without a subject. */
export interface Owner {
  readonly subject?: string;
}

/** A cart, with the product of its last line, and its version when this was added. */
export interface Cart {
  readonly path: string;
  readonly cartId: string;
  readonly owner: Owner;
  readonly last: string;
  readonly version: number;
}
