import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { temporaryFolder } from '../../../tests/src/support/process.ts';
import { artifacts, bundle, runsAsOf } from './bundle.ts';
import { readFacts, sbomOf } from './sbom.ts';

const facts = await readFacts();
const sbom = async (artifact: (typeof artifacts)[number], folder: string) =>
  sbomOf(artifact, await bundle(artifact, folder), {
    ...facts,
    image: runsAsOf(artifact) === 'task' ? facts.image : undefined,
  });

/** Names of packages in the comments that esbuild writes before the code of each source. */
async function packagesInside(folder: string): Promise<string[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.mjs'));
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const names = texts
    .flatMap((text) => [
      ...text.matchAll(/^(?:\/\/ |var require_.*|  ")(?:.*\/)?node_modules\/((?:@[^/]+\/)?[^/]+)\//gm),
    ])
    .map(([, name = '']) => name);
  return [...new Set(names)].toSorted();
}

for (const artifact of artifacts) {
  test(`the bill of materials of ${artifact} lists the packages that its bundle contains (security 17)`, async () => {
    await using folder = await temporaryFolder();
    const { components } = await sbom(artifact, folder.path);
    const listed = components
      .filter(({ type, name }) => type === 'library' && name !== 'swagger-ui-dist')
      .map(({ group, name }) => (group === undefined ? name : `${group}/${name}`));
    const inside = await packagesInside(folder.path);
    // The helpers call APIs by fetch alone.
    const least = { 'deployment-test': 5, probe: 0 }[artifact as string] ?? 20;
    assert.ok(inside.length > least, `${inside.length} packages`);
    assert.deepEqual([...new Set(listed)].toSorted(), inside);
  });
}

test('a task names its image and the Node.js there, and the pages of Swagger UI; a relay has none of them', async () => {
  await using folder = await temporaryFolder();
  const { components, dependencies } = await sbom('product', join(folder.path, 'task'));
  const [, tag = '', version = ''] = /^node:((\d+\.\d+\.\d+)-slim)/.exec(facts.image) ?? [];
  const of = (name: string) => components.filter((component) => component.name === name);
  assert.deepEqual(
    of('node').map((node) => [node.type, node.version]),
    [
      ['container', tag],
      ['platform', version],
    ],
  );
  assert.match(of('node')[1]?.cpe ?? '', /^cpe:2\.3:a:nodejs:node\.js:24\.\d+\.\d+:/);
  assert.match(of('swagger-ui-dist')[0]?.version ?? '', /^\d+\.\d+\.\d+$/);
  assert.equal(new Set(components.map((component) => component['bom-ref'])).size, components.length);
  assert.deepEqual(
    dependencies[0]?.dependsOn,
    components.map((component) => component['bom-ref']),
  );
  const relay = await sbom('product-relay', join(folder.path, 'relay'));
  assert.deepEqual([...new Set(relay.components.map(({ type }) => type))], ['library']);
  assert.ok(!relay.components.some(({ name }) => name === 'swagger-ui-dist' || name === 'fastify'));
});

test('each package has the version, the licence and the hash of the lock file', () => {
  const integrity = `sha512-${Buffer.from('hash').toString('base64')}`;
  const packages = {
    'node_modules/a': { version: '1.0.0', license: 'MIT', integrity },
    'node_modules/b/node_modules/@s/a': { version: '2.0.0', license: '(MIT OR ISC)' },
    'node_modules/unused': { version: '3.0.0' },
  };
  const included = ['services/product/src/main.ts', 'node_modules/a/x.js', 'node_modules/a/y.js'];
  const nested = 'node_modules/b/node_modules/@s/a/z.js';
  const of = (sources: readonly string[]) =>
    sbomOf('product-relay', { included: sources }, { packages, version: '1.0.0', swaggerUi: '5.0.0' });
  const [a, b, ...others] = of([...included, nested]).components;
  assert.deepEqual([a?.purl, b?.purl, others], ['pkg:npm/a@1.0.0', 'pkg:npm/%40s/a@2.0.0', []]);
  assert.deepEqual([a?.licenses, b?.licenses], [[{ expression: 'MIT' }], [{ expression: '(MIT OR ISC)' }]]);
  const hashes = [{ alg: 'SHA-512', content: Buffer.from('hash').toString('hex') }];
  const url = 'https://registry.npmjs.org/a/-/a-1.0.0.tgz';
  assert.deepEqual(a?.externalReferences, [{ type: 'distribution', url, hashes }]);
  assert.throws(() => of(['node_modules/missing/x.js']), /no node_modules\/missing: run npm ci/);
});
