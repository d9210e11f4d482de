/**
 * Freezes today's events as a version of their own, if they differ from the newest one compatibly: their schemas, and
 * what a system of its own tells when it plays the whole loop. What is frozen is never written again.
 */
import { isDeepStrictEqual } from 'node:util';
import { publishedOf, supported } from '@tandem/contracts/published';
import { foreignBodies } from '../tests/src/published/foreign.ts';
import { freeze, type Frozen, frozenVersions, nextName } from '../tests/src/published/frozen.ts';
import { gapsOf } from '../tests/src/published/gaps.ts';
import { judge } from '../tests/src/published/ratchet.ts';
import { playWholeLoop } from '../tests/src/published/story.ts';

process.exitCode = await record(await frozenVersions().catch(noneIfAbsent));

async function record(frozen: readonly Frozen[]): Promise<number> {
  const published = publishedOf();
  const { status, reasons } = judge(published, frozen, supported);
  if (status === 'incompatible') {
    for (const reason of reasons) console.log(reason);
    return 1;
  }
  const recorded = await playWholeLoop();
  const newest = frozen.at(-1);
  if (newest && status === 'same') {
    if (isDeepStrictEqual(recorded, newest.recorded)) {
      console.log(`${newest.name} has all of it`);
      return 0;
    }
    const known = new Set(newest.recorded.map((told) => JSON.stringify(told)));
    const surprises = recorded.map((told) => JSON.stringify(told)).filter((told) => !known.has(told));
    for (const told of surprises) console.log(`told now: ${told}`);
    console.log(`not what ${newest.name} recorded, which is frozen and stays; its schemas are the same`);
    return 1;
  }
  const content = { published, recorded, foreign: foreignBodies(published) };
  const gaps = gapsOf(content);
  if (gaps.length > 0) {
    for (const gap of gaps) console.log(gap);
    console.log('not frozen: have the story (tests/src/published/story.ts) tell all of it');
    return 1;
  }
  const name = nextName(newest, supported.schemaVersion);
  await freeze(name, content);
  console.log(`packages/contracts/published/${name}: ${recorded.length} events`);
  return 0;
}

function noneIfAbsent(error: NodeJS.ErrnoException): readonly Frozen[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}
