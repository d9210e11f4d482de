import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withSystem } from './support/system.ts';
import { missingTool, readTour, runTour } from './support/tour.ts';

test(
  "every command of the README's tour has the output that the README shows",
  { skip: missingTool() },
  async (t) => {
    const tour = await readTour();
    assert.ok(tour.filter(({ expected }) => expected !== undefined).length >= 6, 'the tour was not found');
    await withSystem(({ urls }) => runTour(t, tour, { host: urls.gateway.replace('http://', '') }));
  },
);
