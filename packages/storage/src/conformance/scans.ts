import assert from 'node:assert/strict';
import { type ScanOptions, scanKind } from '../scan.ts';
import { key, type EntityType } from '../table.ts';
import { add, setTo, type Store, type StoreContext, test, thing } from './fixtures.ts';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

/** Entity types whose keys resemble those of `thing`. */
const similarTypes: readonly EntityType<{ version: number; count: number }>[] = [
  { name: 'thin' },
  { name: 'thing-2' },
  { name: 'things' },
  { name: 'other' },
];

async function fill({ table }: StoreContext, items: number): Promise<void> {
  await Promise.all([
    ...range(0, items).map((i) => table.update(key(thing, `${i}`), add(i))),
    ...similarTypes.map((kind) => table.putIfNewer(key(kind, 'thing#1'), { version: 1, count: -1 })),
  ]);
}

async function scanAll({ driver, clock }: StoreContext, options: Partial<ScanOptions>) {
  const pages: number[][] = [];
  const positions: string[] = [];
  const scanOptions = { segments: 1, pageSize: 7, now: () => clock.now, ...options };
  for await (const { items, position } of scanKind(driver, thing, scanOptions)) {
    for (const { id, state } of items) assert.equal(id, String(state.count));
    pages.push(items.map(({ state }) => state.count));
    positions.push(position);
  }
  return { pages, positions, counts: pages.flat().sort((x, y) => x - y) };
}

/** Conformance of scans for all items of an entity type. */
export function scansConform(open: () => Promise<Store>): void {
  test(
    'a scan yields each item of the entity type once, for any number of segments and page size',
    open,
    async (context) => {
      await fill(context, 30);
      for (const [segments, pageSize] of [
        [1, 100],
        [1, 10],
        [1, 1],
        [4, 3],
      ] as const) {
        const { counts, pages } = await scanAll(context, { segments, pageSize });
        assert.deepEqual(counts, range(0, 30));
        assert.ok(pages.every(({ length }) => length >= 1 && length <= pageSize));
      }
    },
  );

  test('a scan omits expired items', open, async (context) => {
    await fill(context, 5);
    const expiresAt = Math.floor(context.clock.now / 1000) + 60;
    await context.table.update(key(thing, '5'), setTo({ count: 5, expiresAt }));
    assert.deepEqual((await scanAll(context, {})).counts, range(0, 6));
    context.clock.now = expiresAt * 1000;
    assert.deepEqual((await scanAll(context, {})).counts, range(0, 5));
  });

  test('a scan can resume after every page', open, async (context) => {
    await fill(context, 20);
    for (const segments of [1, 3]) {
      const { pages, positions } = await scanAll(context, { segments, pageSize: 4 });
      for (const [i, startAfter] of positions.entries()) {
        const rest = await scanAll(context, { segments, pageSize: 4, startAfter });
        const before = pages.slice(0, i + 1).flat();
        assert.deepEqual(
          [...before, ...rest.counts].sort((x, y) => x - y),
          range(0, 20),
        );
      }
    }
  });

  test('onPage is called for each page after its consumer, empty pages included', open, async (context) => {
    const processed: string[] = [];
    const onPage = (position: string) => void processed.push(position);
    const empty = await scanAll(context, { onPage });
    assert.deepEqual([empty.pages, processed.length], [[], 1]);

    await fill(context, 20);
    processed.length = 0;
    const options = { segments: 1, pageSize: 4, now: () => context.clock.now, onPage };
    for await (const { position } of scanKind(context.driver, thing, options))
      assert.ok(!processed.includes(position));
    const last = processed.at(-1) ?? assert.fail();
    assert.deepEqual((await scanAll(context, { startAfter: last })).pages, []);
  });

  test('an invalid position is rejected', open, async (context) => {
    const { positions } = await fill(context, 2).then(() => scanAll(context, {}));
    for (const startAfter of ['', 'x', Buffer.from('[1]').toString('base64url')])
      await assert.rejects(scanAll(context, { startAfter }), RangeError);
    await assert.rejects(scanAll(context, { startAfter: positions[0], segments: 2 }), RangeError);
  });
}
