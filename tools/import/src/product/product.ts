import { isCurrency } from '@tandem/contracts/currency';
import type { Draft } from '../formats/format.ts';
import { encodeId, isValidId } from './ids.ts';
import { createNotes, type Notes } from './notes.ts';
import { currencyOf, type DecimalMark, notAmount, parseAmount, splitAmount } from './money.ts';
import { lineOfText, plainText } from './plain-text.ts';

/** Product for `POST /products/import`. */
export interface Product {
  readonly productId: string;
  readonly name?: string;
  readonly description?: string;
  readonly category?: string;
  readonly imageUrl?: string;
  /** In minor units of the currency. */
  readonly price?: number;
  readonly currency?: string;
  readonly inventory?: number;
  readonly maxPerCart?: number;
}

export interface ConversionOptions {
  /** Currency of amounts that name none. */
  readonly currency?: string | undefined;
  /** Decimal mark of amounts that show none by themselves. */
  readonly decimal?: DecimalMark | undefined;
  /** Stock of products whose units are not counted, and which are not sold out. */
  readonly inventory?: number | undefined;
  /** Whether a product needs a name and a price. */
  readonly isComplete: boolean;
}

export interface Conversion {
  readonly notes: Notes;
  /** The product of a draft, or the reason why it is none. */
  readonly toProduct: (draft: Draft, line: number) => Product | { readonly reason: string };
}

/** Longest description of a product; a longer one is cut. */
const LONGEST_DESCRIPTION = 4_000;
const LONGEST_ID = 128;
const LONGEST_URL = 2_000;

class Rejection extends Error {}

/** Conversion of the drafts of a file, in their order. It knows the lines of ids, so that none occurs twice. */
export function createConversion(options: ConversionOptions): Conversion {
  const notes = createNotes();
  const lines = new Map<string, number>();

  const idOf = (draft: Draft, line: number): string => {
    const text = draft.id.normalize('NFC');
    if (!text.isWellFormed()) throw new Rejection('the id is not well-formed Unicode');
    const id = draft.isOwnId && isValidId(text) ? text : encodeId(text);
    if (id.length > LONGEST_ID)
      throw new Rejection(
        `the id "${text}" is too long: it has ${id.length} characters as ${id}, not up to ${LONGEST_ID}`,
      );
    const first = lines.get(id);
    if (first !== undefined)
      throw new Rejection(`the id "${text}" is already on line ${first}: give each row an id of its own`);
    lines.set(id, line);
    if (id !== text) notes.recordMappedId(line, text, id);
    return id;
  };

  const convert = (draft: Draft, line: number): Product => {
    const { isComplete } = options;
    const price = priceOf(draft, options);
    const name = lineOfText(draft.name ?? '');
    if (isComplete && name === '') throw new Rejection('no name');
    if (isComplete && price === undefined) throw new Rejection('no price');
    const category = lineOfText(draft.category ?? '');
    const description = descriptionOf(draft, () => notes.add('cut', line));
    const imageUrl = imageOf(draft, () => notes.add('image', line));
    const inventory = inventoryOf(draft, options, (note) => notes.add(note, line));
    const maxPerCart = wholeNumber('the most per cart', draft.maxPerCart);
    return {
      productId: idOf(draft, line),
      ...(name !== '' && { name }),
      ...(description !== '' && { description }),
      ...(category !== '' && { category }),
      ...(imageUrl !== undefined && { imageUrl }),
      ...price,
      ...(inventory !== undefined && { inventory }),
      ...(maxPerCart !== undefined && { maxPerCart }),
    };
  };

  return {
    notes,
    toProduct(draft, line) {
      try {
        return convert(draft, line);
      } catch (error) {
        if (error instanceof Rejection) return { reason: error.message };
        throw error;
      }
    },
  };
}

function priceOf(
  draft: Draft,
  { currency: byOption, decimal }: ConversionOptions,
): Pick<Product, 'price' | 'currency'> | undefined {
  const byRow = draft.currency?.toUpperCase();
  if (byRow !== undefined && !isCurrency(byRow))
    throw new Rejection(`currency "${draft.currency}" is not an ISO 4217 code: use one such as EUR`);
  if (!draft.price) return byRow === undefined ? undefined : { currency: byRow };
  const amount = splitAmount(draft.price);
  if (amount === undefined) throw new Rejection(notAmount(draft.price));
  const currency = currencyOf(amount, byRow, byOption);
  if (currency === undefined) throw new Rejection('no currency: use --currency');
  if (typeof currency !== 'string') throw new Rejection(`price "${draft.price}" ${currency.reason}`);
  const price = parseAmount(amount.number, currency, decimal);
  if (typeof price !== 'number') throw new Rejection(price.reason);
  return { price, currency };
}

function descriptionOf({ description = '' }: Draft, onCut: () => void): string {
  const text = plainText(description);
  if (text.length <= LONGEST_DESCRIPTION) return text;
  onCut();
  // Not in the middle of a character.
  return text
    .slice(0, LONGEST_DESCRIPTION)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}

function imageOf({ imageUrl }: Draft, onOmitted: () => void): string | undefined {
  if (!imageUrl) return undefined;
  const url = imageUrl.startsWith('//') ? `https:${imageUrl}` : imageUrl;
  if (/^(?:https?:\/\/|\/)\S*$/i.test(url) && url.length <= LONGEST_URL) return url;
  onOmitted();
  return undefined;
}

/** Units for the product; a product that is sold out has 0, whatever is counted. */
function inventoryOf(
  { inventory, isSoldOut }: Draft,
  options: ConversionOptions,
  note: (kind: 'negative' | 'uncounted') => void,
): number | undefined {
  if (isSoldOut) return 0;
  if (inventory !== undefined && /^-\d+(?:[.,]0+)?$/.test(inventory)) {
    note('negative');
    return 0;
  }
  const units = wholeNumber('stock', inventory);
  if (units !== undefined) return units;
  if (options.inventory === undefined) note('uncounted');
  return options.inventory;
}

function wholeNumber(name: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const [, digits] = /^(\d{1,10})(?:[.,]0+)?$/.exec(text) ?? [];
  // 1.000 is a thousand or one.
  if (digits === undefined || /^[1-9]\d{0,2}[.,]000$/.test(text))
    throw new Rejection(`${name} "${text}" is not a whole number: use one such as 12`);
  return Number(digits);
}
