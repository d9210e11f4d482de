/**
 * `npm run -s sbom -- [FOLDER]` bundles each artifact as it is deployed, and writes what it is made of to FOLDER (default:
 * .cache/sbom), as `ARTIFACT.cdx.json`, checked against the schema of CycloneDX. Installs the packages that check it.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { artifacts, bundle, runsAsOf } from '@tandem/bundle/bundle';
import { readFacts, sbomOf } from '@tandem/bundle/sbom';
import { install, SBOM } from '@tandem/cdk/packages';
import { schemaErrors } from './sbom/validate.ts';

const cache = join(import.meta.dirname, '../.cache');
const folder = resolve(process.argv[2] ?? join(cache, 'sbom'));
install(SBOM);
await mkdir(folder, { recursive: true });
const { image, ...facts } = await readFacts();
for (const artifact of artifacts) {
  const content = await bundle(artifact, join(cache, 'sbom-bundles', artifact));
  const isTask = runsAsOf(artifact) === 'task';
  const bom = sbomOf(artifact, content, { ...facts, image: isTask ? image : undefined });
  const text = `${JSON.stringify(bom, undefined, 2)}\n`;
  const errors = await schemaErrors(text);
  if (errors !== undefined) throw new Error(`${artifact} is not as the schema says: ${errors}`);
  await writeFile(join(folder, `${artifact}.cdx.json`), text);
  console.log(`${artifact}: ${bom.components.length} components`);
}
