/**
 * Freezes the current events as a new version, if they are compatible with and different from the newest one: their schemas,
 * and the events that a system publishes in a complete scenario. Frozen versions are never overwritten.
 */
import { isDeepStrictEqual } from 'node:util';
import { publishedOf, supported } from '@tandem/contracts/published';
import { foreignBodies } from '../tests/src/event-compatibility/foreign-events.ts';
import {
  freeze,
  type FrozenVersionWithEvents,
  frozenVersions,
  nextName,
} from '../tests/src/event-compatibility/frozen.ts';
import { coverageGapsOf } from '../tests/src/event-compatibility/coverage.ts';
import { checkCompatibility } from '../tests/src/event-compatibility/compatibility.ts';
import { recordScenarios } from '../tests/src/event-compatibility/record-scenarios.ts';

process.exitCode = await record(await frozenVersions().catch(noneIfAbsent));

async function record(frozen: readonly FrozenVersionWithEvents[]): Promise<number> {
  const published = publishedOf();
  const { status, reasons } = checkCompatibility(published, frozen, supported);
  if (status === 'incompatible') {
    for (const reason of reasons) console.log(reason);
    return 1;
  }
  const recorded = await recordScenarios();
  const newest = frozen.at(-1);
  if (newest && status === 'same') {
    if (isDeepStrictEqual(recorded, newest.recorded)) {
      console.log(`${newest.name} is up to date. Nothing to freeze.`);
      return 0;
    }
    const known = new Set(newest.recorded.map((event) => JSON.stringify(event)));
    const unknownEvents = recorded.map((event) => JSON.stringify(event)).filter((text) => !known.has(text));
    for (const text of unknownEvents) console.log(`new event: ${text}`);
    console.log(
      `The recorded events differ from ${newest.name}, which is frozen, but the schemas are the same. Check the scenario.`,
    );
    return 1;
  }
  const content = { published, recorded, foreign: foreignBodies(published) };
  const gaps = coverageGapsOf(content);
  if (gaps.length > 0) {
    for (const gap of gaps) console.log(gap);
    console.log(
      'Nothing was frozen. Extend the scenario (tests/src/event-compatibility/scenarios.ts) to publish all events.',
    );
    return 1;
  }
  const name = nextName(newest, supported.schemaVersion);
  await freeze(name, content);
  console.log(`packages/contracts/published/${name}: ${recorded.length} events`);
  return 0;
}

function noneIfAbsent(error: NodeJS.ErrnoException): readonly FrozenVersionWithEvents[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
