import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishers, serviceNames } from '@tandem/contracts/topology';
import { temporaryFolder } from '../../../tests/src/support/process.ts';
import { type Artifact, bundle } from './bundle.ts';

const services = new URL('../../../services/', import.meta.url);
const packageOf = (path: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
const isOtel = (path: string) => path.includes('/@opentelemetry/');

for (const artifact of publishers.map(([service]) => `${service}-relay` as const)) {
  test(`${artifact} has no HTTP server, consumers or database client, and loads OpenTelemetry lazily`, async () => {
    await using folder = await temporaryFolder();
    const { sources, sourcesAtStart, bytes } = await bundle(artifact, folder.path);
    const packages = new Set(sources.map(packageOf));
    assert.ok(packages.has('@aws-sdk/client-sns') && packages.has('pino'), 'packages are detected');
    const unwanted = ['fastify', 'sqs-consumer', 'jose', '@aws-sdk/client-dynamodb', 'undici'];
    assert.deepEqual(
      unwanted.filter((name) => packages.has(name)),
      [],
    );
    assert.ok(!sources.some((path) => /^services\/.*\/(?:http|app)/.test(path)));
    assert.deepEqual([sources.some(isOtel), sourcesAtStart.some(isOtel)], [true, false]);
    assert.deepEqual((await readdir(folder.path)).toSorted(), Object.keys(bytes).toSorted());

    await using other = await temporaryFolder();
    const again = await bundle(artifact, join(other.path, 'deeper'));
    assert.deepEqual(again.bytes, bytes, 'module names contain content hashes');
    await assert.rejects(bundle(artifact, other.path), /contains other files/);
  });
}

for (const artifact of serviceNames.filter((name) => existsSync(new URL(name, services)))) {
  test(`${artifact} contains only modules and the pages of Swagger UI`, async () => {
    await using folder = await temporaryFolder();
    const { sources, sourcesAtStart } = await bundle(artifact, folder.path);
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const others = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.mjs'));
    const pages = join(folder.path, 'node_modules/@fastify/swagger-ui/static');
    assert.deepEqual([...new Set(others.map(({ parentPath }) => parentPath))], [pages]);
    assert.deepEqual([sources.some(isOtel), sourcesAtStart.some(isOtel)], [true, false]);
    const strange = sources.filter((path) =>
      /\.test\.ts$|packages\/local|^tests|storage\/src\/sqlite/.test(path),
    );
    assert.deepEqual(strange, []);
  });
}

test('an artifact that is not in the topology is rejected', async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    bundle('unknown-relay' as Artifact, folder.path),
    /There is no artifact unknown-relay/,
  );
});
