import * as fc from 'fast-check';
import { drawValue, nastyString, oneIn, type Source } from './values.ts';

export const NDJSON = 'application/x-ndjson';

const oddLines = fc.constantFrom(
  '',
  ' \t',
  '\r',
  'null',
  '[]',
  '{}',
  '1',
  '"text"',
  '\u0000',
  '\ufeff{}',
  '{"productId":"a"',
  '{"productId":"a"}{"productId":"b"}',
  '{"productId":"a","productId":"b","name":"a","price":1,"currency":"EUR"}',
  '{"__proto__":{"a":1},"productId":"a"}',
  '{"productId":"a","name":"\\ud800","price":1,"currency":"EUR"}',
  '{"productId":"a","name":"a\u2028b","price":1,"currency":"EUR"}',
  '{"productId":"a","name":"a","price":90000000000,"currency":"EUR"}',
  '{"productId":"a","name":"a","price":1e999,"currency":"EUR"}',
  '{"productId":"a","name":"a","price":12.50,"currency":"EUR"}',
  '# comment',
  'productId,name,price',
  `{"productId":"a","version":${'['.repeat(9_000)}${']'.repeat(9_000)}}`,
  `{"productId":"a","description":"${'x'.repeat(66_000)}"}`,
);
const separators = fc.constantFrom('\n', '\n', '\n', '\r\n', '\n\n', '\r');

/** Draws newline-delimited JSON: bodies of any operations, and invalid lines, which are rejected one by one. */
export function drawLines(source: Source) {
  const bodies = source.api.operations.flatMap(({ requestBody }) =>
    Object.values(requestBody?.content ?? {}),
  );
  const drawLine = () => {
    if (oneIn(source, 5)) return source.draw(fc.oneof(nastyString, oddLines));
    return JSON.stringify(drawValue(source, source.draw(fc.constantFrom(...bodies)).schema));
  };
  const lines = Array.from({ length: source.draw(fc.nat(6)) }, drawLine);
  const text = lines.join(source.draw(separators)) + source.draw(fc.constantFrom('', '\n'));
  const encoding = source.draw(fc.constantFrom('utf8', 'utf8', 'utf8', 'latin1', 'utf16le'));
  return { bytes: Buffer.from(text, encoding), verdict: 'valid' } as const;
}
