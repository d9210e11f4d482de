import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { publishers, serviceNames, topology } from '@tandem/contracts/topology';
import { temporaryFolder } from '../../../tests/src/support/process.ts';
import { type Artifact, bundle } from './bundle.ts';

const services = new URL('../../../services/', import.meta.url);
const packageOf = (path: string) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
const isOtel = (path: string) => path.includes('/@opentelemetry/');
const isTask = (path: string) => path === 'packages/runtime/src/run-service.ts';

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

const existing = serviceNames.filter((name) => existsSync(new URL(name, services)));
const runs = (['task', 'function'] as const).flatMap((runsAs) =>
  existing.map((service) => [service, runsAs] as const),
);
for (const [service, runsAs] of runs) {
  test(`${service} as ${runsAs} contains only modules and the pages of Swagger UI`, async () => {
    await using folder = await temporaryFolder();
    const { sources, sourcesAtStart } = await bundle(service, folder.path, { runsAs });
    const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
    const others = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.mjs'));
    const pages = join(folder.path, 'node_modules/@fastify/swagger-ui/static');
    assert.deepEqual([...new Set(others.map(({ parentPath }) => parentPath))], [pages]);
    assert.deepEqual([sources.some(isOtel), sourcesAtStart.some(isOtel)], [true, false]);
    const strange = sources.filter((path) =>
      /\.test\.ts$|packages\/local|^tests|storage\/src\/sqlite/.test(path),
    );
    assert.deepEqual(strange, []);
    const main = await readFile(join(folder.path, 'main.mjs'), 'utf8');
    const exported = /^export \{\n([^}]*)\};$/m.exec(main)?.[1]?.match(/\w+/g) ?? [];
    assert.deepEqual(exported, runsAs === 'function' ? ['consume', 'serve'] : []);
    const polling = sourcesAtStart.filter((path) => path.includes('node_modules/sqs-consumer/'));
    assert.deepEqual(polling, [], 'the client of a queue that a task polls is loaded by its start');
    const hasFunction = sources.includes('packages/runtime/src/function.ts');
    assert.deepEqual([hasFunction, sources.some(isTask)], [runsAs === 'function', runsAs === 'task']);
  });
}

test('by default a service is bundled as the topology says', async () => {
  for (const service of existing) {
    await using folder = await temporaryFolder();
    const { sources } = await bundle(service, folder.path);
    assert.equal(sources.some(isTask), topology.services[service].runsAs === 'task', service);
  }
});

test('an artifact that is not in the topology is rejected', async () => {
  await using folder = await temporaryFolder();
  await assert.rejects(
    bundle('unknown-relay' as Artifact, folder.path),
    /There is no artifact unknown-relay/,
  );
});
