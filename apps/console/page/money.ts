/** How many digits a currency has behind the point: 2 of EUR, 0 of JPY. */
export function digitsOf(currency: string): number {
  const { maximumFractionDigits } = formatOf(currency).resolvedOptions();
  return maximumFractionDigits ?? 2;
}

/** Minor units as people write them: 1490 EUR is €14.90. Without a currency, as in an empty cart, the bare number. */
export function formatMoney(minor: number, currency: string | null): string {
  if (currency === null) return String(minor);
  return formatOf(currency).format(minor / 10 ** digitsOf(currency));
}

/** Minor units as they stand in a field: 1490 EUR is 14.90. */
export function writeMinor(minor: number, currency: string): string {
  const digits = digitsOf(currency);
  return (minor / 10 ** digits).toFixed(digits);
}

/** What was written into a field as minor units; undefined if it is no amount of the currency. */
export function readMinor(text: string, currency: string): number | undefined {
  const [, whole, part = ''] = /^(\d{1,10})(?:[.,](\d*))?$/.exec(text.trim()) ?? [];
  const digits = digitsOf(currency);
  if (whole === undefined || part.length > digits) return undefined;
  return Number(whole + part.padEnd(digits, '0'));
}

function formatOf(currency: string): Intl.NumberFormat {
  return new Intl.NumberFormat('en', { style: 'currency', currency });
}
