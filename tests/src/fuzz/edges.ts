import * as fc from 'fast-check';

/** Texts whose normal forms, widths or directions differ from what a reader expects. */
const UNICODE = [
  'Cafe\u0301',
  'Café',
  'o\u0308l',
  '\u212b',
  '\u1112\u1161\u11ab',
  // Longer in NFC than before.
  '\u0958',
  '\u{1d160}',
  'ﬃ',
  'ß',
  'İ',
  'Z\u0351\u036b\u0343'.repeat(20),
  '\u0301',
  '😀',
  '👩‍👩‍👧',
  '🇩🇪',
  '\u{10ffff}',
  '\u{e0041}\u{e007f}',
  '\u202eevil',
  '\u2066a\u2069',
  'שלום',
  '٣',
];
/** Texts that nobody sees. */
const INVISIBLE = [
  '\u200b',
  '\u200b\u2060\ufeff',
  '\u00ad',
  '\u3164',
  '\u115f',
  '\u180e',
  '\u2800',
  '\u00a0',
  '\u2028',
];
/** Texts with a meaning for terminals, spreadsheets, markup or paths. */
const ACTIVE = [
  '\u001b[2J\u001b[H',
  '\u009b31m',
  '\u007f',
  '\r\nset-cookie: a=b',
  '=HYPERLINK("x")',
  '@SUM(1)',
  '<script>alert(1)</script>',
  '../../etc/passwd',
  '%2e%2e%2f',
  '\ud83d',
  'a\udc00b',
];
const lengths = fc.constantFrom(63, 64, 65, 127, 128, 129, 199, 200, 201, 254, 255, 256, 257, 1_999, 2_001);
const units = fc.constantFrom('x', 'é', 'e\u0301', '😀', 'ー', '\u200b');
/** Texts at the edges of length, normal form and visibility. */
const text = fc.oneof(
  fc.constantFrom(...UNICODE, ...INVISIBLE, ...ACTIVE),
  fc
    .tuple(fc.constantFrom('mug', 'Café', ''), fc.constantFrom(...UNICODE, ...INVISIBLE))
    .map((parts) => parts.join('')),
  fc.tuple(lengths, units).map(([length, unit]) => unit.repeat(length)),
);

const PRICES = [
  0,
  999_999_999,
  1e9,
  1e9 + 1,
  9e10 - 1,
  9e10,
  9e10 + 1,
  9e15,
  2 ** 53 - 1,
  2 ** 53,
  2 ** 53 + 2,
];
const UNITS = [0, 1, 999, 1_000, 1e9, 1e9 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53 - 1, -1, -1e9];
const CURRENCIES = ['EUR', 'JPY', 'KWD', 'CLF', 'XXX', 'XTS', 'ZZZ', 'eur', 'EU', 'EURO', 'ＥＵＲ', ''];

const IMAGE_URLS = [
  'https://shop.example/mug.png',
  'HTTP://SHOP.EXAMPLE/a',
  '/images/mug.png',
  'images/mug.png',
  '//shop.example/a',
  '/\\shop.example/a',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  '\tjavascript:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,x',
  'vbscript:x',
  'blob:https://a/b',
  'file:///etc/passwd',
  'ftp://a/b',
  'https:',
  'https://',
  'https://[::1',
  'https://user:secret@a/',
  'https://a:99999/',
  'https://xn--/',
  'https://bücher.example/ü',
  'http:a',
  '?',
  '#',
];

const DATES = [
  '0000-01-01',
  '0001-01-01',
  '1582-10-15',
  '1969-12-31',
  '1970-01-01',
  '1970-01-30',
  '2024-02-29',
  '2025-02-29',
  '2100-02-29',
  '2000-02-29',
  '2026-02-30',
  '2026-12-31',
  '2027-01-01',
  '9999-12-31',
  '9999-01-01',
  '10000-01-01',
  '+010000-01-01',
  '-000001-01-01',
  '2026-1-1',
  '2026-01-01T00:00:00Z',
  '20260101',
  '２０２６-01-01',
];
/** Ranges of 399 to 402 days before a date, as `from`. */
const date = fc.oneof(
  fc.constantFrom(...DATES),
  fc
    .tuple(
      fc.constantFrom('2026-12-31', '2024-02-29', '1971-02-04', '9999-12-31'),
      fc.integer({ min: 398, max: 401 }),
    )
    .map(([to, days]) => new Date(Date.parse(to) - days * 86_400_000).toISOString().slice(0, 10)),
);

/** Encodes fields as the services' cursors do. */
const forged = (fields: unknown) => Buffer.from(JSON.stringify(fields)).toString('base64url');
const cursor = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }).map(forged),
  fc.array(fc.oneof(text, fc.integer()), { minLength: 3, maxLength: 5 }).map(forged),
  fc.constantFrom(
    'e30',
    'bnVsbA',
    '=',
    'a',
    '+/',
    'WyJhIl0=',
    forged(['unitsAdded', '2026-01-01', '2026-01-30', -1, 'a']),
  ),
);

const key = fc.oneof(
  fc.constantFrom('k', '0', ' ', '"k"', 'k'.repeat(255), 'k'.repeat(256), '\u00e9', 'a\tb', '__proto__', ','),
  fc.uuid(),
);

/** Ids of the shape of carts, with any secret and check digits. */
const cartId = fc
  .tuple(
    fc.constantFrom('guest-', 'cart-', 'GUEST-', 'guest_', ''),
    fc.constantFrom(16, 21, 22, 23, 27, 32, 43),
  )
  .map(([prefix, length]) => prefix + 'Ab1_-zZ9'.repeat(6).slice(0, length));

const tag = fc.constantFrom(
  '"1-gzip"',
  'W/"1-br"',
  '"1--gzip"',
  '"1;gzip"',
  '"-gzip"',
  '"1", "1-gzip", W/"1"',
  '*, "1"',
  '"1',
  'W/*',
  'w/"1"',
  `"${'1'.repeat(3_000)}"`,
  Array.from({ length: 400 }, (_, i) => `"${i}"`).join(','),
);

const byName = new Map<string, fc.Arbitrary<unknown>>(
  Object.entries({
    name: text,
    category: text,
    description: text,
    productid: fc.oneof(
      text,
      fc.constantFrom('.', '..', 'import', 'snapshots', 'a/b', 'a b', 'a%2Fb', '-a', 'A'.repeat(128)),
    ),
    cartid: fc.oneof(cartId, text),
    fromcartid: cartId,
    imageurl: fc.oneof(fc.constantFrom(...IMAGE_URLS), text),
    currency: fc.constantFrom(...CURRENCIES),
    price: fc.constantFrom(...PRICES),
    totalamount: fc.constantFrom(...PRICES),
    qty: fc.constantFrom(...UNITS),
    delta: fc.constantFrom(...UNITS),
    onhand: fc.constantFrom(...UNITS),
    expectedonhand: fc.constantFrom(...UNITS),
    inventory: fc.constantFrom(...UNITS),
    from: date,
    to: date,
    cursor,
    ids: fc.array(text, { maxLength: 4 }).map((ids) => ids.join(',')),
    'idempotency-key': key,
    'if-match': tag,
    'if-none-match': tag,
  }),
);

/** Arbitrary of values at the edges of a field or parameter; undefined if there are none for its name. */
export function edgesOf(name: string): fc.Arbitrary<unknown> | undefined {
  return byName.get(name.toLowerCase());
}

/** Changes a value that a service issued, as a client that mistypes or forges it would. */
export function mutationsOf(value: string): readonly string[] {
  const last = value.at(-1) ?? '';
  return [
    value.slice(0, -1) + (last === 'A' ? 'B' : 'A'),
    value.slice(0, -1),
    value + last,
    value.toUpperCase(),
    value.normalize('NFD'),
    value.replace(/"$/, '-gzip"'),
    value.replace(/^"/, 'W/"'),
    ` ${value} `,
  ];
}
