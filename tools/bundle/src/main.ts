/** Bundles a deployment artifact: `npm run -s bundle -- ARTIFACT OUTDIR`. */
import { parseArgs } from 'node:util';
import { type Artifact, artifacts, bundle } from './bundle.ts';

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;

const [artifact, outdir] = parseArgs({ allowPositionals: true }).positionals;
if (artifact === undefined || !(artifact in artifacts) || outdir === undefined) {
  console.error(`usage: npm run -s bundle -- ${Object.keys(artifacts).join('|')} OUTDIR`);
  process.exitCode = 1;
} else {
  const { bytes } = await bundle(artifact as Artifact, outdir);
  const all = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  console.log(`${artifact}: main.mjs ${kilobytes(bytes['main.mjs'] ?? 0)}, modules ${kilobytes(all)}`);
}
