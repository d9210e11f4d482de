import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');
/** Sources that determine the measured consumption. */
const SOURCES = [
  'services/*/src/**/*.ts',
  'packages/{chassis,contracts,relay,runtime,storage}/src/**/*.ts',
  'tools/bill/src/measure/*.ts',
  'tools/load/src/mix.ts',
];

/** Digest of the sources that determine the measured consumption, without tests. */
export function digestOfSources(): string {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !/\.test\.ts$|conformance|arbitrary/.test(file))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}
