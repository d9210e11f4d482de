import { formatMinorUnits, minorUnitDigits, parseMinorUnits } from '@tandem/contracts/currency';

/** Locale of amounts, numbers and dates: that of the browser. Without a page, in unit tests, it is English. */
const locale = 'document' in globalThis ? undefined : 'en';

/** Duration as display text: `0 ms`, `340 ms`, `1.2 s`, `2 min 5 s`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Local time of day of `at` (milliseconds since the epoch), with milliseconds. */
export function timeOfDay(at: number): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString('en-GB')}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** Local date and time of day of `at`, to the minute. */
export function dayAndTime(at: number | string): string {
  return new Date(at).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
}

/** Text with a capital first letter. */
export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Count with its noun: `1 message`, `2 messages`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** Whole number with thousands separators. */
export function integer(value: number): string {
  return value.toLocaleString(locale, { maximumFractionDigits: 0 });
}

/**
 * Amount in minor units as display text in the browser's locale: 1490 EUR is €14.90 in English, with the decimals of ISO 4217 in every browser. Without a currency
 * (empty cart), the bare number; with a code that Intl rejects, the code before the amount.
 */
export function formatMoney(minor: number, currency: string | null): string {
  if (currency === null) return String(minor);
  const amount = formatMinorUnits(minor, currency);
  // As a text: a large number of minor units is no exact number of units.
  return formatOf(currency)?.format(amount as `${number}`) ?? `${currency} ${amount}`;
}

/** Amount in minor units from the text of an input field; undefined if it is not an amount in the currency. */
export function parseMinor(text: string, currency: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,16})(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  // 1,500 is no amount in EUR, though it has no more than two significant decimals: it may mean thousands.
  if (whole === undefined || fraction.length > minorUnitDigits(currency)) return undefined;
  return parseMinorUnits(`${whole}.${fraction || '0'}`, currency);
}

function formatOf(currency: string): Intl.NumberFormat | undefined {
  const digits = minorUnitDigits(currency);
  const decimals = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency, ...decimals });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Payload as indented JSON; text that is not JSON stays unchanged. */
export function pretty(payload: unknown): string {
  if (typeof payload !== 'string') return JSON.stringify(payload, null, 2) ?? '';
  try {
    return JSON.stringify(JSON.parse(payload), null, 2);
  } catch {
    return payload;
  }
}
