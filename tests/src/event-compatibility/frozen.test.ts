import assert from 'node:assert/strict';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishedOf, supported } from '@tandem/contracts/published';
import { changesOf, freeze, frozenVersions, nextName } from './frozen.ts';
import { gapsOf } from './coverage.ts';
import { judge } from './compatibility.ts';

const frozen = await frozenVersions();

for (const { name, ...content } of frozen) {
  test(`nothing of ${name} was touched since it was frozen`, async () => {
    assert.deepEqual(
      await changesOf(name),
      [],
      `${name} is frozen: take that back, and let npm run record-events write a version beside it`,
    );
  });

  test(`${name} has recorded each of its types, with and without each field that may be left out`, () => {
    assert.deepEqual(gapsOf(content), []);
  });
}

test("today's events are those that are frozen", () => {
  const { status, reasons } = judge(publishedOf(), frozen, supported);
  assert.equal(status, 'same', reasons.join('\n'));
});

test('a version is written once, and whatever happens to it is seen', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'published-'));
  t.after(() => rm(directory, { recursive: true }));
  const [content = assert.fail('nothing is frozen')] = frozen;
  await freeze('v1', content, directory);
  assert.deepEqual(await changesOf('v1', directory), []);
  const [again] = await frozenVersions(directory);
  assert.deepEqual(again, { ...content, name: 'v1', major: 1 });
  await assert.rejects(freeze('v1', { ...content, recorded: [] }, directory), { code: 'EEXIST' });
  assert.deepEqual(await changesOf('v1', directory), []);

  const file = (path: string) => join(directory, 'v1', path);
  await writeFile(file('foreign.ndjson'), '{}\n');
  await writeFile(file('accepted/Other.json'), '{}\n');
  await rename(file('promised/CartExpired.json'), file('promised/CartLeft.json'));
  assert.deepEqual(await changesOf('v1', directory), [
    'accepted/Other.json is new',
    'foreign.ndjson was edited',
    'promised/CartExpired.json is gone',
    'promised/CartLeft.json is new',
  ]);
});

test('what no event shows is a gap', () => {
  const [{ name: _, ...content } = assert.fail('nothing is frozen')] = frozen;
  const recorded = content.recorded.filter(
    ({ event }) =>
      !('movedFrom' in event) && event['eventType'] !== 'ProductDeleted' && event['productId'] !== 'vase',
  );
  assert.deepEqual(gapsOf({ ...content, recorded }).toSorted(), [
    'no InventoryReserved without heldUntil',
    'no ProductAddedToCart with movedFrom',
    'no ProductDeleted was recorded',
    'no ProductRemovedFromCart of a user',
    'no ProductRemovedFromCart with movedFrom',
    'no ProductUpdated without reserved/*/heldUntil',
  ]);
});

test('versions follow one another', async (t) => {
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
