import type { Row } from '../file/table.ts';

/** Product as a file's texts describe it. An absent field is not in the file. */
export interface Draft {
  readonly id: string;
  /** Whether the id may be one that Tandem has given: then a valid one stays as it is, whatever tildes it has. */
  readonly isOwnId?: boolean;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly price?: string | undefined;
  readonly currency?: string | undefined;
  /** Units in stock; absent where they are not counted. */
  readonly inventory?: string | undefined;
  /** Whether it is sold out: then it has no units, whatever `inventory` is. */
  readonly isSoldOut?: boolean;
  readonly maxPerCart?: string | undefined;
}

/** Reading of a row: a product, no product of its own (an image, a parent, a translation), or bad. */
export type Reading = Draft | 'no product' | { readonly reason: string };

/** Reads the rows of one file, in their order. */
export interface RowReader {
  /** Called for each row in a first pass over the file, for what lies behind the rows that need it. */
  readonly scan?: (row: Row) => void;
  readonly read: (row: Row) => Reading;
}

/** Layout of a product file. */
export interface Format {
  readonly name: string;
  /** Whether columns, in the form of `columnKey`, are of this format. */
  readonly matches: (columns: ReadonlySet<string>) => boolean;
  /** Columns with amounts. */
  readonly priceColumns: readonly string[];
  /** Columns with the currency, if there may be any. */
  readonly currencyColumns: readonly string[];
  /** Whether each row is a whole product, not only the fields to change. */
  readonly isComplete: boolean;
  /** `columns` are those of the file, in the form of `columnKey`; none for XML. */
  readonly createReader: (columns: ReadonlySet<string>) => RowReader;
}

/** Reason of a row that the shop does not show. */
export const NOT_PUBLISHED = 'not published in the shop: publish it there to import it';

/** Times within which a reduced price is in effect, as a file has them; '' without a limit. */
interface Effect {
  readonly from: string;
  readonly to: string;
}

/** Dates that are read: as ISO 8601 has them, also with a space before time and zone, and with a slash, month first. */
const DATE =
  /^(?:\d{4}-\d{1,2}-\d{1,2}(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?|\d{1,2}\/\d{1,2}\/\d{2,4}(?:,? \d{1,2}:\d{2}(?::\d{2})?(?: [AP]M)?)?)$/i;

/** The regular price, or a reduced one while it is in effect; the reason where its dates are none. */
export function currentPrice(
  regular: string,
  reduced: string,
  { from, to }: Effect,
): string | { readonly reason: string } {
  if (reduced === '') return regular;
  const fault = [from, to].find((date) => date !== '' && !isDate(date));
  if (fault !== undefined)
    return {
      reason: `date "${fault}" of the reduced price is unknown: use a form such as 2026-11-29T08:00Z`,
    };
  const now = Date.now();
  // A date alone includes its day.
  const endOfDay = to.includes(':') ? 0 : 86_400_000;
  const isBefore = from !== '' && now < Date.parse(from);
  const isAfter = to !== '' && now >= Date.parse(to) + endOfDay;
  return isBefore || isAfter ? regular : reduced;
}

function isDate(text: string): boolean {
  return DATE.test(text) && !Number.isNaN(Date.parse(text));
}

/** `Parent – Red / M`: a variant's name by its options. */
export function variantName(name: string, options: readonly string[]): string {
  const shown = options.filter((option) => option !== '');
  return shown.length === 0 ? name : `${name} – ${shown.join(' / ')}`;
}

/** Undefined for an empty text. */
export function absentIfEmpty(text: string): string | undefined {
  return text === '' ? undefined : text;
}
