/** Number of decimal digits of a currency: 2 for EUR, 0 for JPY. */
export function digitsOf(currency: string): number {
  const { maximumFractionDigits } = formatOf(currency).resolvedOptions();
  return maximumFractionDigits ?? 2;
}

/** Amount in minor units as display text: 1490 EUR is €14.90. Without a currency (empty cart), the bare number. */
export function formatMoney(minor: number, currency: string | null): string {
  if (currency === null) return String(minor);
  return formatOf(currency).format(minor / 10 ** digitsOf(currency));
}

/** Amount in minor units as the text of an input field: 1490 EUR is 14.90. */
export function formatMinor(minor: number, currency: string): string {
  const digits = digitsOf(currency);
  return (minor / 10 ** digits).toFixed(digits);
}

/** Amount in minor units from the text of an input field; undefined if it is not an amount in the currency. */
export function parseMinor(text: string, currency: string): number | undefined {
  const [, whole, fraction = ''] = /^(\d{1,10})(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  const digits = digitsOf(currency);
  if (whole === undefined || fraction.length > digits) return undefined;
  return Number(whole + fraction.padEnd(digits, '0'));
}

function formatOf(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat('en', { style: 'currency', currency });
}
