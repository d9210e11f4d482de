import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventSchemas } from '@tandem/contracts/events';
import { publishedOf } from '@tandem/contracts/published';
import { z } from 'zod';
import { changesBetween, checkCompatibility, type FrozenVersion } from './compatibility.ts';
import { changed, compatible, type Edit, equivalent, incompatible } from './schema-edits.ts';

const { ProductUpdated, CartCheckedOut } = eventSchemas;
const { shape: product } = ProductUpdated;
const frozen: FrozenVersion = { name: 'v1', major: 1, published: publishedOf() };
const support = { schemaVersion: 1, oldestRead: 1 };

/** Published schemas after an edit of events.ts. */
function publishedAfter(edit: Edit) {
  const schemas = Object.entries({ ...eventSchemas, ...edit }).filter(([, schema]) => schema !== undefined);
  return publishedOf(Object.fromEntries(schemas));
}

describe('incompatible', () => {
  for (const [name, [edit, expected]] of Object.entries(incompatible)) {
    test(name, () => {
      const { status, reasons } = checkCompatibility(publishedAfter(edit), [frozen], support);
      assert.equal(status, 'incompatible');
      assert.match(reasons.join('\n'), expected);
      assert.match(reasons.at(-1) ?? '', /raise SCHEMA_VERSION[^]+4 \+ 14 days/);
    });
  }
});

describe('compatible, once it is frozen', () => {
  for (const [name, edit] of Object.entries(compatible)) {
    test(name, () => {
      const published = publishedAfter(edit);
      const { status, reasons } = checkCompatibility(published, [frozen], support);
      assert.equal(status, 'compatible');
      assert.match(reasons.at(-1) ?? '', /npm run record-events$/);
      const grown = { name: 'v1.1', major: 1, published };
      assert.equal(checkCompatibility(published, [frozen, grown], support).status, 'same');
    });
  }
});

describe('no change', () => {
  for (const [name, edit] of Object.entries(equivalent)) {
    test(name, () =>
      assert.equal(checkCompatibility(publishedAfter(edit), [frozen], support).status, 'same'),
    );
  }
});

test('removing a field that was added in a frozen version is incompatible', () => {
  const published = publishedAfter(compatible['a new optional field'] ?? {});
  const { reasons } = checkCompatibility(
    publishedOf(),
    [frozen, { ...frozen, name: 'v1.1', published }],
    support,
  );
  assert.match(reasons.join('\n'), /ProductUpdated\/weight, as promised: is removed/);
});

test('a new major version may promise less, but must accept the old one until its support ends', () => {
  const raised = { schemaVersion: 2, oldestRead: 1 };
  const less = publishedAfter({ ProductUpdated: changed(ProductUpdated, { name: product.name.optional() }) });
  assert.equal(checkCompatibility(less, [frozen], raised).status, 'compatible');
  const next: FrozenVersion = { name: 'v2', major: 2, published: less };
  assert.equal(checkCompatibility(less, [frozen, next], raised).status, 'same');

  const withoutOldEvents = publishedAfter({
    CartCheckedOut: changed(CartCheckedOut, { orderId: z.string() }),
  });
  const { status, reasons } = checkCompatibility(withoutOldEvents, [frozen], raised);
  assert.equal(status, 'incompatible');
  assert.match(reasons.join('\n'), /events of v1 would be dead-lettered/);
  assert.equal(
    checkCompatibility(withoutOldEvents, [frozen], { ...raised, oldestRead: 2 }).status,
    'compatible',
  );
});

test('a schema that cannot be compared is an error', () => {
  for (const field of [
    z.string().or(z.iso.date()),
    z.any(),
    z.record(z.string(), z.int()),
    z.int().multipleOf(5),
  ]) {
    const published = publishedAfter({ ProductUpdated: changed(ProductUpdated, { name: field }) });
    assert.throws(() => changesBetween(frozen.published, published), /ProductUpdated|\/name: the comparison/);
  }
});
