import assert from 'node:assert/strict';
import { type ScanOptions, scanKind } from '../scan.ts';
import { key, type EntityType } from '../table.ts';
import { add, become, type Store, test, thing, type World } from './fixtures.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Kinds whose names or ids could be taken for those of `thing`. */
const neighbours: readonly EntityType<{ version: number; count: number }>[] = [
  { name: 'thin' },
  { name: 'thing-2' },
  { name: 'things' },
  { name: 'other' },
];

async function fill({ table }: World, items: number): Promise<void> {
  await Promise.all([
    ...range(0, items).map((i) => table.update(key(thing, `${i}`), add(i))),
    ...neighbours.map((kind) => table.putIfNewer(key(kind, 'thing#1'), { version: 1, count: -1 })),
  ]);
}

async function scanned({ driver, clock }: World, options: Partial<ScanOptions>) {
  const pages: number[][] = [];
  const positions: string[] = [];
  const all = { segments: 1, pageSize: 7, now: () => clock.now, ...options };
  for await (const { items, position } of scanKind(driver, thing, all)) {
    for (const { id, state } of items) assert.equal(id, String(state.count));
    pages.push(items.map(({ state }) => state.count));
    positions.push(position);
  }
  return { pages, positions, counts: pages.flat().sort((x, y) => x - y) };
}

/** Scans of all items of a kind, for audits. */
export function scansConform(open: () => Promise<Store>): void {
  test('yields each item of the kind once, by whatever segments and pages', open, async (world) => {
    await fill(world, 30);
    for (const [segments, pageSize] of [
      [1, 100],
      [1, 10],
      [1, 1],
      [4, 3],
    ] as const) {
      const { counts, pages } = await scanned(world, { segments, pageSize });
      assert.deepEqual(counts, range(0, 30));
      assert.ok(pages.every(({ length }) => length >= 1 && length <= pageSize));
    }
  });

  test('leaves expired items out', open, async (world) => {
    await fill(world, 5);
    const expiresAt = Math.floor(world.clock.now / 1000) + 60;
    await world.table.update(key(thing, '5'), become({ count: 5, expiresAt }));
    assert.deepEqual((await scanned(world, {})).counts, range(0, 6));
    world.clock.now = expiresAt * 1000;
    assert.deepEqual((await scanned(world, {})).counts, range(0, 5));
  });

  test('resumes behind every page', open, async (world) => {
    await fill(world, 20);
    for (const segments of [1, 3]) {
      const { pages, positions } = await scanned(world, { segments, pageSize: 4 });
      for (const [i, startAfter] of positions.entries()) {
        const rest = await scanned(world, { segments, pageSize: 4, startAfter });
        const before = pages.slice(0, i + 1).flat();
        assert.deepEqual(
          [...before, ...rest.counts].sort((x, y) => x - y),
          range(0, 20),
        );
      }
    }
  });

  test('reports each page when the consumer is done with it, empty ones included', open, async (world) => {
    const reported: string[] = [];
    const onPage = (position: string) => void reported.push(position);
    const empty = await scanned(world, { onPage });
    assert.deepEqual([empty.pages, reported.length], [[], 1]);

    await fill(world, 20);
    reported.length = 0;
    const options = { segments: 1, pageSize: 4, now: () => world.clock.now, onPage };
    for await (const { position } of scanKind(world.driver, thing, options))
      assert.ok(!reported.includes(position));
    const last = reported.at(-1) ?? assert.fail();
    assert.deepEqual((await scanned(world, { startAfter: last })).pages, []);
  });

  test('rejects positions of another scan', open, async (world) => {
    const { positions } = await fill(world, 2).then(() => scanned(world, {}));
    for (const startAfter of ['', 'x', Buffer.from('[1]').toString('base64url')])
      await assert.rejects(scanned(world, { startAfter }), RangeError);
    await assert.rejects(scanned(world, { startAfter: positions[0], segments: 2 }), RangeError);
  });
}
