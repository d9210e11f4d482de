import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Driver, StoredState } from '@tandem/storage/driver';
import { RAISE_BY, raise } from './raise.ts';

const restoredAt = new Date('2026-11-28T12:00:00Z');
const before = '2026-11-28T11:00:00Z';
const after = '2026-11-28T13:00:00Z';

/** Raises products without a mark in their last writes; resolves to the new versions by id, and the report. */
async function raiseProducts(stored: Readonly<Record<string, readonly [number, string]>>) {
  const rows = Object.entries(stored).map(([productId, [version, updatedAt]]): StoredState => {
    const state = { productId, version, updatedAt, deleted: true };
    return { pk: `product#${productId}`, version, state, lineage: 'others' };
  });
  const driver: Pick<Driver, 'scan' | 'read'> = {
    scan: async () => ({ rows }),
    read: () => assert.fail('nothing changed meanwhile'),
  };
  const versions: Record<string, number> = {};
  const report = await raise({
    table: 'products',
    name: 'products',
    client: {
      send: async () => ({ Table: { TableId: 'id', CreationDateTime: restoredAt } }),
    } as never,
    calls: (async (_: string, { Key, ExpressionAttributeValues: values }: Record<string, never>) => {
      versions[String(Key?.['pk']?.['S'])] = Number(values?.[':new']?.['N']);
      return {};
    }) as never,
    driver,
    segments: 1,
    rate: 1_000,
    now: () => restoredAt.getTime(),
    openPosition: () => ({
      read: async () => undefined,
      write: async () => undefined,
      remove: async () => undefined,
    }),
  });
  return { versions, report };
}

test('a product that sold too often since its raise is not raised again', async () => {
  const { versions, report } = await raiseProducts({ sold: [RAISE_BY + 50, after] });
  assert.deepEqual([versions, report.unchanged], [{}, 1]);
});

test('what an import created after the restore is raised, and so is what was restored a second time', async () => {
  const { versions } = await raiseProducts({ imported: [2, after], again: [RAISE_BY + 50, before] });
  assert.deepEqual(versions, {
    'product#imported': RAISE_BY + 2,
    'product#again': 2 * RAISE_BY + 50,
  });
});
