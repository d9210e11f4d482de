/**
 * Records the layout of what holds data (infra/layout.json), against which a test holds later changes. Refuses changes that cannot be
 * deployed in place, unless `--force` says that nothing of it is deployed.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Layout, layoutOf, refusedChanges } from './src/layout.ts';
import { stateful, synthesizeAll } from './src/testing/synth.ts';

const file = join(import.meta.dirname, 'layout.json');
const current = layoutOf(synthesizeAll(stateful));
const text = await readFile(file, 'utf8').catch(() => '{}');
const refused = process.argv.includes('--force') ? [] : refusedChanges(JSON.parse(text) as Layout, current);
if (refused.length > 0) {
  process.stderr.write(
    `Not recorded, as it could not be deployed (docs/tables.md):\n  ${refused.join('\n  ')}\nIf nothing of it is deployed anywhere: npm run record-layout -- --force\n`,
  );
  process.exitCode = 1;
} else await writeFile(file, `${JSON.stringify(current, undefined, 2)}\n`);
