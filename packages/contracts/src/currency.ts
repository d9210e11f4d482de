/** Currencies by their number of decimals where it is not 2 (ISO 4217, list one, amendment 177). */
const currenciesByDigits: readonly (readonly [number, string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
];

const digitsByCurrency = new Map(
  currenciesByDigits.flatMap(([digits, currencies]) =>
    currencies.split(' ').map((currency) => [currency, digits]),
  ),
);

/**
 * Currencies in which there can be prices: the codes of ISO 4217, list one, amendment 177, with a number of decimals, so not gold
 * (XAU), units of account (XDR) or tests (XTS). ANG, BGN and CUC, withdrawn since, stay: products may have them.
 */
const currencies = new Set(
  [
    'AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN',
    'BZD CAD CDF CHE CHF CHW CLF CLP CNY COP COU CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD',
    'FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR',
    'KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV',
    'MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG',
    'SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI',
    'UYU UYW UZS VED VES VND VUV WST XAD XAF XCD XCG XOF XPF YER ZAR ZMW ZWG',
  ].flatMap((line) => line.split(' ')),
);

/** The codes of those currencies, in alphabetical order. */
export const currencyCodes: readonly string[] = [...currencies].sort();

/** Whether a text is the ISO 4217 code of a currency, in capital letters, such as EUR. */
export function isCurrency(text: string): boolean {
  return currencies.has(text);
}

/**
 * Number of decimals of a currency by ISO 4217, e.g. 2 for EUR, 0 for JPY; 2 for an unknown code. `Intl` is no source:
 * its numbers are customs of display, which change with the browser (HUF has 2 here and 0 there).
 */
export function minorUnitDigits(currency: string): number {
  return digitsByCurrency.get(currency) ?? 2;
}

/**
 * Parses a plain decimal such as `19.9` to minor units, exactly: 1990 for EUR. Undefined if the text is no unsigned decimal,
 * has more significant decimals than the currency, or exceeds the largest safe integer.
 */
export function parseMinorUnits(text: string, currency: string): number | undefined {
  const digits = minorUnitDigits(currency);
  const [, whole, decimals = ''] = /^(\d{1,16})(?:\.(\d{1,16}))?$/.exec(text) ?? [];
  const significant = decimals.replace(/0+$/, '');
  if (whole === undefined || significant.length > digits) return undefined;
  const minor = Number(whole + significant.padEnd(digits, '0'));
  return Number.isSafeInteger(minor) ? minor : undefined;
}

/** Minor units as a plain decimal: 1990 EUR is `19.90`, 1990 JPY is `1990`. */
export function formatMinorUnits(minor: number, currency: string): string {
  const digits = minorUnitDigits(currency);
  if (digits === 0) return String(minor);
  const text = String(Math.abs(minor)).padStart(digits + 1, '0');
  return `${minor < 0 ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
