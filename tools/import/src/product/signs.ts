/** Signs with the currencies that use them. */
const bySign: Readonly<Record<string, string>> = {
  $: 'ARS AUD BBD BMD BND BRL BSD BZD CAD CLP COP CUP CVE DOP FJD GYD HKD JMD KYD LRD MOP MXN NAD NIO NZD SBD SGD SRD TOP TTD TWD USD UYU WST XCD ZWG',
  '€': 'EUR',
  '£': 'EGP FKP GBP GIP LBP SDG SHP SSP SYP',
  '¥': 'CNY JPY',
  '₩': 'KPW KRW',
  '₹': 'INR',
  '₽': 'RUB',
  '₺': 'TRY',
  '₴': 'UAH',
  '₪': 'ILS',
  '₫': 'VND',
  '₱': 'PHP',
  '₦': 'NGN',
  '₵': 'GHS',
  '₡': 'CRC',
  '₲': 'PYG',
  '₸': 'KZT',
  '₼': 'AZN',
  '₾': 'GEL',
  '₭': 'LAK',
  '₮': 'MNT',
  '฿': 'THB',
  '៛': 'KHR',
  '৳': 'BDT',
  '֏': 'AMD',
  '؋': 'AFN',
};

/** Abbreviations that stand for a sign, in lower case and without a dot at the end, with the currencies that use them. */
export const abbreviations: Readonly<Record<string, string>> = {
  kr: 'DKK ISK NOK SEK',
  zł: 'PLN',
  kč: 'CZK',
  ft: 'HUF',
  lei: 'MDL RON',
  leu: 'MDL RON',
  rs: 'INR LKR MUR NPR PKR SCR',
  fr: 'BIF CDF CHF DJF GNF KMF RWF XAF XOF XPF',
  sfr: 'CHF',
  rp: 'IDR',
  rm: 'MYR',
  tl: 'TRY',
  лв: 'BGN',
  грн: 'UAH',
  руб: 'BYN RUB',
  р: 'BYN RUB',
  's/': 'PEN',
  'b/': 'PAB',
  // ﷼ in its compatible form.
  ریال: 'IRR OMR QAR SAR YER',
};

/** Countries' signs that do not begin as the code of their currency. */
const countries: Readonly<Record<string, string>> = {
  C$: 'CAD NIO',
  NT$: 'TWD',
  R$: 'BRL',
  EC$: 'XCD',
  RD$: 'DOP',
  RMB: 'CNY',
};

/**
 * The currencies for which a sign such as £, US$, ￥ or Rs. may stand; empty where it is no sign of a currency, such as `kg` or
 * ¢, which is a hundredth.
 */
export function currenciesOf(text: string): readonly string[] {
  const sign = text.normalize('NFKC').replaceAll(/\s/g, '');
  const abbreviation = sign.toLowerCase().replace(/\.$/, '');
  const known = entry(bySign, sign) ?? entry(countries, sign) ?? entry(abbreviations, abbreviation);
  if (known) return known;
  // US$, $US: a sign with the first letters of a code.
  const [, before = '', symbol = '', after = ''] = /^([A-Z]{0,3})(\p{Sc})([A-Z]{0,3})$/u.exec(sign) ?? [];
  if (before !== '' && after !== '') return [];
  return (entry(bySign, symbol) ?? []).filter((currency) => currency.startsWith(before + after));
}

function entry(table: Readonly<Record<string, string>>, key: string): readonly string[] | undefined {
  return Object.hasOwn(table, key) ? table[key]?.split(' ') : undefined;
}
