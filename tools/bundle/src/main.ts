/** Bundles a deployment artifact: `npm run -s bundle -- ARTIFACT OUTDIR`. */
import { parseArgs } from 'node:util';
import { artifacts, bundle } from './bundle.ts';

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;

const [name, outdir] = parseArgs({ allowPositionals: true }).positionals;
const names = [...artifacts.keys()];
const artifact = names.find((candidate) => candidate === name);
if (artifact === undefined || outdir === undefined) {
  console.error(`usage: npm run -s bundle -- ${names.join('|')} OUTDIR`);
  process.exitCode = 1;
} else {
  const { bytes } = await bundle(artifact, outdir);
  const all = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  console.log(`${artifact}: main.mjs ${kilobytes(bytes['main.mjs'] ?? 0)}, modules ${kilobytes(all)}`);
}
