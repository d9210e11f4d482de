import * as fc from 'fast-check';
import { isOdd, oneIn, type Source } from './values.ts';

const codings = [
  'gzip',
  'br',
  'gzip, br;q=0.5',
  'gzip;q=0, br',
  'identity;q=0',
  '*;q=0',
  'identity;q=0, *;q=0',
  'zstd',
  'deflate',
  'x-gzip, compress',
  'GZIP',
  'gzip;q=1.0001',
  'gzip;q=x',
  ', ,',
];
const accepted = [
  'text/csv',
  'text/csv;q=0.5, application/json;q=0.4',
  'text/csv;q=0.9, application/json',
  'text/csv;q=0, */*',
  'text/csv;q=1.001',
  'text/csv;q=-1',
  'text/csv;header=absent;q=1',
  'TEXT/*;q=1, application/json;q=0.1',
  'application/problem+json',
  'text/html, */*;q=0',
  '*/*;q=0',
  ';;',
  'a/b,'.repeat(50),
];
const origins = [
  'https://shop.example',
  'https://SHOP.example:443/',
  'http://localhost:8080',
  'null',
  '*',
  'javascript:0',
  'x, y',
];
const addresses = ['203.0.113.7', '::1, 127.0.0.1', 'unknown', '_hidden', '1'.repeat(1_000)];
const others = [
  '',
  'k',
  'a b',
  'x'.repeat(300),
  '\u00e9',
  '"1"',
  '*',
  ';;',
  'bytes=0-1',
  '1e999',
  '__proto__',
];

/** Headers that no document names, with their values. Those of a connection are in the fuzz test of raw requests. */
const undocumented: Readonly<Record<string, readonly string[]>> = {
  accept: accepted,
  'accept-charset': ['utf-16', '*;q=0'],
  'accept-encoding': codings,
  'accept-language': ['de', '*;q=0', 'x'.repeat(500)],
  origin: origins,
  referer: origins,
  'access-control-request-method': ['PATCH', 'patch', 'TRACE', '*', ''],
  'access-control-request-headers': ['authorization, if-match', '*', 'x'.repeat(300)],
  'access-control-request-private-network': ['true'],
  'sec-fetch-site': ['cross-site', 'same-origin', 'x'],
  'sec-fetch-mode': ['no-cors', 'navigate'],
  'content-encoding': ['gzip', 'br', 'deflate', 'identity', 'x', 'gzip, gzip', ''],
  'content-language': others,
  'content-range': ['bytes 0-1/2'],
  traceparent: [
    '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    'ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    '00-00000000000000000000000000000000-b7ad6b7169203331-00',
    '00-0AF7651916CD43DD8448EB211C80319C-B7AD6B7169203331-01',
    '00-0-0-0',
  ],
  tracestate: ['a=b,'.repeat(20)],
  baggage: ['userId=alice', '%zz'],
  'x-forwarded-for': addresses,
  'x-real-ip': addresses,
  forwarded: ['for=203.0.113.7;host=evil.example', 'for="[::1]"'],
  'x-forwarded-host': ['evil.example'],
  'x-forwarded-proto': ['https', 'x'],
  'x-http-method-override': ['DELETE'],
  'x-original-url': ['/health'],
  'if-modified-since': ['Wed, 21 Oct 2099 07:28:00 GMT', 'yesterday'],
  'if-unmodified-since': ['Wed, 21 Oct 2015 07:28:00 GMT', '0'],
  'if-range': ['"1"'],
  range: ['bytes=0-1', 'bytes=-0', 'lines=1'],
  'accept-version': ['1.x', '*'],
  cookie: ['a=b', ';='],
  prefer: ['return=minimal'],
  'max-forwards': ['0'],
  'x-request-id': others,
  'x-amzn-trace-id': ['Root=1-67891233-abcdef012345678912345678'],
  'idempotency-key': others,
  'if-match': others,
};

/** Draws headers that the operation does not document, for wild sources. */
export function drawUndocumented(source: Source): Readonly<Record<string, string>> {
  const names = Object.keys(undocumented).filter(() => isOdd(source, 60));
  return Object.fromEntries(
    names.map((name) => [name, source.draw(fc.constantFrom(...(undocumented[name] ?? [])))]),
  );
}

/** Draws a content negotiation, which no request is rejected for: a coding or a media type. */
export function drawNegotiation(source: Source): Readonly<Record<string, string>> {
  return {
    ...(oneIn(source, 3) && { 'accept-encoding': source.draw(fc.constantFrom(...codings)) }),
    ...(oneIn(source, 6) && { accept: source.draw(fc.constantFrom(...accepted)) }),
  };
}

/** Headers by which a browser asks whether another origin may send a request. */
export function drawPreflight(source: Source, method: string): Readonly<Record<string, string>> {
  return {
    origin: source.draw(fc.constantFrom(...origins)),
    'access-control-request-method': method,
    'access-control-request-headers': 'authorization, content-type, if-match',
  };
}
