import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishedOf, supported } from '@tandem/contracts/published';
import { fileChangesOf, freeze, frozenVersions, nextName } from './frozen.ts';
import { coverageGapsOf } from './coverage.ts';
import { checkCompatibility } from './compatibility.ts';

const frozen = await frozenVersions();

for (const { name, ...content } of frozen) {
  test(`no file of ${name} has changed since it was frozen`, async () => {
    assert.deepEqual(
      await fileChangesOf(name),
      [],
      `${name} is frozen: revert the change, and write a new version with npm run record-events`,
    );
  });

  test(`the events of ${name} cover each type, with and without each optional field`, () => {
    assert.deepEqual(coverageGapsOf(content), []);
  });
}

test('the current event schemas equal the newest frozen version', () => {
  const { status, reasons } = checkCompatibility(publishedOf(), frozen, supported);
  assert.equal(status, 'same', reasons.join('\n'));
});

test('a version is written once, and every change of its files is detected', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'published-'));
  t.after(() => rm(directory, { recursive: true }));
  const [content = assert.fail('nothing is frozen')] = frozen;
  await freeze('v1', content, directory);
  assert.deepEqual(await fileChangesOf('v1', directory), []);
  const [written] = await frozenVersions(directory);
  assert.deepEqual(written, { ...content, name: 'v1', major: 1 });
  await assert.rejects(freeze('v1', { ...content, recorded: [] }, directory), { code: 'EEXIST' });
  assert.deepEqual(await fileChangesOf('v1', directory), []);

  const file = (path: string) => join(directory, 'v1', path);
  await writeFile(file('foreign.ndjson'), '{}\n');
  await writeFile(file('accepted/Other.json'), '{}\n');
  await rename(file('promised/CartExpired.json'), file('promised/CartLeft.json'));
  assert.deepEqual(await fileChangesOf('v1', directory), [
    'accepted/Other.json is new',
    'foreign.ndjson was edited',
    'promised/CartExpired.json is removed',
    'promised/CartLeft.json is new',
  ]);
});

test('missing events are coverage gaps', () => {
  const [{ name: _, ...content } = assert.fail('nothing is frozen')] = frozen;
  const recorded = content.recorded.filter(
    ({ event }) =>
      !('movedFrom' in event) && event['eventType'] !== 'ProductDeleted' && event['productId'] !== 'vase',
  );
  assert.deepEqual(coverageGapsOf({ ...content, recorded }).toSorted(), [
    'no InventoryReserved without heldUntil',
    'no ProductAddedToCart with movedFrom',
    'no ProductDeleted was recorded',
    'no ProductRemovedFromCart of a user',
    'no ProductRemovedFromCart with movedFrom',
    'no ProductUpdated without reserved/*/heldUntil',
  ]);
});

test('versions are read in ascending order, and named after the newest one', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'published-'));
  t.after(() => rm(directory, { recursive: true }));
  const [content = assert.fail('nothing is frozen')] = frozen;
  const inOrder = ['v1', 'v1.1', 'v1.9', 'v1.10', 'v2', 'v10'];
  for (const name of inOrder.toReversed()) await freeze(name, content, directory);
  assert.deepEqual(
    (await frozenVersions(directory)).map(({ name }) => name),
    inOrder,
  );

  const [{ published } = assert.fail('nothing is frozen')] = frozen;
  const version = (name: string, major: number) => ({ name, major, published });
  assert.equal(nextName(undefined, 1), 'v1');
  assert.equal(nextName(version('v1', 1), 1), 'v1.1');
  assert.equal(nextName(version('v1.9', 1), 1), 'v1.10');
  assert.equal(nextName(version('v1.10', 1), 2), 'v2');
});
