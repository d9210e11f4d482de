import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../../../..');
/** What decides about what is consumed. */
const SOURCES = [
  'services/*/src/**/*.ts',
  'packages/{chassis,contracts,relay,storage}/src/**/*.ts',
  'tools/bill/src/measure/*.ts',
  'tools/load/src/mix.ts',
];
const PACKAGES = [
  '@aws-sdk/client-dynamodb',
  '@aws-sdk/client-sns',
  '@aws-sdk/client-sqs',
  'fastify',
  'fauxqs',
  'sqs-consumer',
];

/** A digest of the sources that decide about what is consumed, tests left out. */
export function digestOfSources(): string {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: root }))
    .filter((file) => !/\.test\.ts$|conformance|arbitrary/.test(file))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex').slice(0, 16);
}

/** The versions of the packages that are on the way of a request or an event. */
export function packageVersions(): Record<string, string> {
  return Object.fromEntries(
    PACKAGES.map((name) => {
      const file = join(root, 'node_modules', name, 'package.json');
      return [name, (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version];
    }),
  );
}
