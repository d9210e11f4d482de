import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

/** Numbers of the requirements by section, such as 1.2. */
type Requirements = Readonly<Record<string, readonly number[]>>;

const root = join(import.meta.dirname, '..');
const document = readFileSync(join(root, 'docs/security.md'), 'utf8');
const { requirements } = JSON.parse(readFileSync(join(import.meta.dirname, 'asvs/5.0.0.json'), 'utf8')) as {
  readonly requirements: Requirements;
};
const listed = Object.entries(requirements).flatMap(([section, numbers]) =>
  numbers.map((number) => `${section}.${number}`),
);

/** Rows of the tables about requirements: what they are about, its state, and why. */
const rows = [...document.matchAll(/^\| ([^|]+?) +\| (met|not met|n\/a) +\| ([^|]+?) +\|$/gm)].map(
  ([, subject = '', state = '', reason = '']) => ({ subject, state, reason }),
);
const asvsRows = rows.filter(({ subject }) => /^\d/.test(subject));

/** The requirements of a row: numbers and ranges of a section, without those of level 3. */
function requirementsOf(subject: string): string[] {
  return subject.split(', ').flatMap((item) => {
    const [, section = '', first = '', last = first] =
      /^(\d+\.\d+)\.(\d+)(?:–\1\.(\d+))?$/.exec(item) ?? assert.fail(`${item} is not a requirement`);
    const numbers = requirements[section] ?? [];
    for (const number of [first, last]) assert.ok(numbers.includes(Number(number)), `${section}.${number}`);
    return numbers
      .filter((number) => number >= Number(first) && number <= Number(last))
      .map((number) => `${section}.${number}`);
  });
}

test('each requirement of ASVS 5.0.0, levels 1 and 2, is in docs/security.md once', () => {
  const found = asvsRows.flatMap(({ subject }) => requirementsOf(subject));
  assert.deepEqual(
    found.filter((id, i) => found.indexOf(id) !== i),
    [],
    'more than once',
  );
  assert.deepEqual(
    listed.filter((id) => !found.includes(id)),
    [],
    'missing',
  );
  assert.equal(found.length, 253);
});

test('each risk of the OWASP API Security Top 10 is in docs/security.md once', () => {
  const risks = rows.flatMap(({ subject }) => /^API\d+/.exec(subject)?.[0] ?? []);
  assert.deepEqual(
    risks,
    Array.from({ length: 10 }, (_, i) => `API${i + 1}`),
  );
});

test('what is met names a test or a document, what is not met has a reason', () => {
  for (const { subject, state, reason } of rows) {
    if (state === 'met') assert.match(reason, /\]\([^)]+\)/, subject);
    else assert.ok(reason.replaceAll(/\[[^\]]*\]\([^)]*\)/g, '').length > 5, subject);
  }
});

test('no row is written in another form', () => {
  const inTables = document.split('\n').filter((line) => /^\| (?:API\d|\d+\.\d+\.\d+)/.test(line));
  assert.equal(inTables.length, rows.length);
});
