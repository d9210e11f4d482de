import { isCurrency, minorUnitDigits, parseMinorUnits } from '@tandem/contracts/currency';
import { currenciesOf } from './signs.ts';

/** Character before the decimals of a number. */
export type DecimalMark = '.' | ',';

/** Text of an amount: its number as written, and the currency if the text names one. */
export interface Amount {
  readonly number: string;
  /** Code that the text names. */
  readonly currency?: string;
  /** Currencies for which the sign in the text may stand. */
  readonly signOf?: readonly string[];
}

/** Currencies of a sign that a reason lists. */
const LISTED = 4;
const oppositeMark = { '.': ',', ',': '.' } as const;
/** Digits in groups: 1,234,567, 12,34,567 (India). */
const GROUPED = /^\d{1,3}(?:[.,]\d{2,3})*[.,]\d{3}$/;
/** Prefix, digits, suffix. The dot after a letter is that of an abbreviation (`Rs.500`), not a decimal mark. */
const AMOUNT = /^((?:[^\d.,+-]*[\p{L}/]\.)?[^\d.,+-]*)(\d[\d.,'’\s]*|[.,]\d+)(.*)$/u;

/** Splits a text such as `19,99`, `1 234.50 EUR`, `€5` or `Rs. 500`; undefined if it is no unsigned amount. */
export function splitAmount(text: string): Amount | undefined {
  const [, before = '', digits = '', after = ''] = AMOUNT.exec(text.trim()) ?? [];
  const [prefix, suffix] = [before.trim(), after.trim()];
  if (digits === '' || (prefix !== '' && suffix !== '')) return undefined;
  // Spaces and apostrophes are between groups of digits in any language.
  const written = digits.trim();
  if (/['’\s]/.test(written) && !/^\d{1,3}(?:['’\s]\d{3})+(?:[.,]\d*)?$/.test(written)) return undefined;
  const number = written.replaceAll(/['’\s]/g, '');
  const sign = prefix + suffix;
  if (sign === '') return { number };
  if (isCurrency(sign.toUpperCase())) return { number, currency: sign.toUpperCase() };
  const signOf = currenciesOf(sign);
  // Not "from 5" or "5 kg".
  return signOf.length > 0 ? { number, signOf } : undefined;
}

/**
 * The currency of an amount: that of its code, which must be that of its row, or else that of its row, of the option, or the only
 * one that its sign may stand for. Returns the reason where the code or the sign contradicts; undefined where nothing names it.
 */
export function currencyOf(
  { currency, signOf }: Amount,
  byRow: string | undefined,
  byOption: string | undefined,
): string | { readonly reason: string } | undefined {
  const expected = byRow ?? (currency === undefined ? byOption : undefined);
  const possible = currency === undefined ? signOf : [currency];
  if (possible === undefined) return expected;
  if (expected === undefined) return possible.length === 1 ? possible[0] : undefined;
  if (possible.includes(expected)) return expected;
  const shown = possible.length > LISTED ? [...possible.slice(0, LISTED), '…'] : possible;
  return { reason: `is in ${shown.join(', ')}, not in ${expected}: correct one of them` };
}

/** The decimal mark that a number shows by itself: `1.234` shows none, and may be 1234 or 1.234. */
export function decimalMarkOf(number: string): DecimalMark | 'none' | 'ambiguous' {
  const marks: readonly string[] = number.match(/[.,]/g) ?? [];
  const last = marks.at(-1) as DecimalMark | undefined;
  if (last === undefined) return 'none';
  if (marks.includes(oppositeMark[last])) return last;
  if (marks.length > 1) return oppositeMark[last];
  const [whole = '', decimals = ''] = number.split(last);
  return decimals.length === 3 && /^[1-9]\d{0,2}$/.test(whole) ? 'ambiguous' : last;
}

/** Collects the decimal marks of a file's amounts, for those that show none by themselves. */
export function createDecimalVote(): {
  readonly add: (text: string) => void;
  /** The only mark that the amounts show; undefined if they show none, or both. */
  readonly mark: () => DecimalMark | undefined;
} {
  const shown = new Set<DecimalMark>();
  return {
    add(text) {
      const amount = splitAmount(text);
      const mark = amount && decimalMarkOf(amount.number);
      if (mark === '.' || mark === ',') shown.add(mark);
    },
    mark: () => (shown.size === 1 ? [...shown][0] : undefined),
  };
}

/**
 * Parses a number to minor units of a currency, exactly. `mark` decides where the number shows none by itself; returns the
 * reason if it is none, or if nothing decides.
 */
export function parseAmount(
  number: string,
  currency: string,
  mark: DecimalMark | undefined,
): number | { readonly reason: string } {
  const decimal = decimalIn(number, currency, mark);
  if (decimal === undefined)
    return {
      reason: `price "${number}" is ambiguous, with three decimals or in thousands: use --decimal point or --decimal comma`,
    };
  const [whole = '', decimals = '', ...more] = number.split(decimal);
  const isGrouped = whole.includes(oppositeMark[decimal]);
  if (more.length > 0 || decimals.includes(oppositeMark[decimal]) || (isGrouped && !GROUPED.test(whole)))
    return { reason: notAmount(number) };
  const plain = `${whole.replaceAll(oppositeMark[decimal], '') || '0'}${decimals === '' ? '' : `.${decimals}`}`;
  const minor = parseMinorUnits(plain, currency);
  if (minor !== undefined) return minor;
  const digits = minorUnitDigits(currency);
  return { reason: `price "${number}" has more than the ${digits} decimals of ${currency}, or is too large` };
}

/** The reason for a price that is none. */
export function notAmount(text: string): string {
  return `price "${text}" is not an amount: use a number such as 5.00`;
}

/** The decimal mark of a number; undefined where nothing decides. */
function decimalIn(number: string, currency: string, mark: DecimalMark | undefined): DecimalMark | undefined {
  const own = decimalMarkOf(number);
  if (own === 'none') return '.';
  if (own !== 'ambiguous') return own;
  if (mark !== undefined) return mark;
  // Yen have no decimals: 1,200 is in thousands. 1,000 may be one yen, too.
  const isGrouped = minorUnitDigits(currency) === 0 && !number.endsWith('000');
  return isGrouped ? oppositeMark[number.includes(',') ? ',' : '.'] : undefined;
}
