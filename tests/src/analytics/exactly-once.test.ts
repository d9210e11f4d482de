import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { openStore, storeName } from '../support/store.ts';
import type { Figures } from './figures.ts';
import { CRASH_POINTS, type PlantedBug } from './instance.ts';
import { plantedBugs } from './planted-bugs.ts';
import { run } from './run.ts';

const SEED = Number(process.env['ANALYTICS_SEED'] ?? 15);
const EVENTS = Number(process.env['ANALYTICS_EVENTS'] ?? (storeName === 'SQLite' ? 50_000 : 2_000));

/** Events that suffice to reveal a planted bug. */
const BUG_EVENTS = 6_000;

/** The first figures that differ. */
function differences(expected: Figures, stored: Figures): readonly string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(stored)])];
  return names
    .filter((name) => expected[name] !== stored[name])
    .slice(0, 10)
    .map((name) => `${name}: ${expected[name]} in the log, ${stored[name]} stored`);
}

test(`the figures equal an independent count of ${EVENTS} events, whatever happens on the way (${storeName})`, async (t) => {
  const store = await openStore('analytics');
  t.after(() => store.close());
  const { expected, stored, occurrences } = await run({ store, seed: SEED, events: EVENTS });
  t.diagnostic(JSON.stringify(occurrences));
  assert.deepEqual(differences(expected, stored), []);
  assert.ok(isDeepStrictEqual({ ...stored }, { ...expected }));
  assert.ok(Object.keys(expected).length > EVENTS / 10);
  if (EVENTS < 50_000) return;
  for (const name of [
    'partial failures',
    'conflicts',
    'EventsBeyondHorizon',
    'CompactionsFailed',
    ...CRASH_POINTS.map((point) => `killed ${point}`),
  ])
    assert.ok((occurrences[name] ?? 0) > 0, `no ${name} among ${JSON.stringify(occurrences)}`);
});

describe('planted bugs', { skip: storeName !== 'SQLite' && 'independent of the store' }, () => {
  const differencesWith = async (bug: PlantedBug) => {
    const store = await openStore('analytics');
    const { expected, stored } = await run({ store, seed: SEED, events: BUG_EVENTS, bug });
    store.close();
    return differences(expected, stored);
  };

  it('without one, the figures are equal', async () => {
    assert.deepEqual(await differencesWith({}), []);
  });

  for (const [name, bug] of Object.entries(plantedBugs)) {
    it(`the comparison reveals: ${name}`, async () => {
      assert.notDeepEqual(await differencesWith(bug), []);
    });
  }
});
