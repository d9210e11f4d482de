/** Bundles a deployment artifact: `npm run -s bundle -- [--runs-as task|function] ARTIFACT OUTDIR`. */
import { parseArgs } from 'node:util';
import type { RunsAs } from '@tandem/contracts/topology-types';
import { artifacts, bundle } from './bundle.ts';

const kilobytes = (bytes: number) => `${Math.round(bytes / 1000)} kB`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'runs-as': { type: 'string' } },
});
const [name, outdir] = positionals;
const artifact = artifacts.find((candidate) => candidate === name);
const runsAs = values['runs-as'];
const isRunsAs = (value: string | undefined): value is RunsAs | undefined =>
  value === undefined || value === 'task' || value === 'function';
if (artifact === undefined || outdir === undefined || !isRunsAs(runsAs)) {
  console.error(`usage: npm run -s bundle -- [--runs-as task|function] ${artifacts.join('|')} OUTDIR`);
  process.exitCode = 1;
} else {
  const { bytes } = await bundle(artifact, outdir, { runsAs });
  const all = Object.values(bytes).reduce((sum, size) => sum + size, 0);
  console.log(`${artifact}: main.mjs ${kilobytes(bytes['main.mjs'] ?? 0)}, modules ${kilobytes(all)}`);
}
