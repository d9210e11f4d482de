/**
 * `npm run test:node` compares the Node.js binary of each package of the lock file, for every platform, with the release that the
 * Node.js project signed. Skips with one line where nodejs.org cannot be reached or gpgv is missing, unless `--required` is given.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf, run } from '@tandem/cli/run';
import { compare, type BinaryPackage } from './release/compare.ts';

const RELEASES = 'https://nodejs.org/dist';
const KEYRING = 'https://raw.githubusercontent.com/nodejs/release-keys/HEAD/gpg/pubring.kbx';
/** Primary keys of the active releasers: those of https://github.com/nodejs/release-keys, July 2026. */
const SIGNERS = [
  '5BE8A3F6C8A5C01D106C0AD820B1A390B168D356',
  'DD792F5973C6DE52C432CBDAC77ABFA00DDBF2B7',
  'CC68F5A3106FF448322E48ED27F5E38D5B0A215F',
  '8FCCA13FEF1D0C2E91008E09770F7A9A5AE15600',
  '890C08DB8579162FEE0DF9DB8BEAB4DFCF555EF4',
  'C82FA3AE1CBEDC6BE46B9360C43CEC45C17AB93C',
  '108F52B48DB57BB0CC439B2997B01419BD92F80A',
  '655F3B5C1FB3FA8D1A0CA6BDE4A7D232B936D2FD',
  'A363A499291CBBC940DD62E41F10027AF002F8B0',
];

interface Lock {
  readonly packages: Readonly<
    Record<string, Omit<BinaryPackage, 'name'> & { readonly optionalDependencies?: object }>
  >;
}

const { packages } = JSON.parse(
  await readFile(join(import.meta.dirname, '../package-lock.json'), 'utf8'),
) as Lock;
const names = Object.keys(packages['scripts/node']?.optionalDependencies ?? {});
const missing = await whatIsMissing();
if (names.length === 0) throw new Error('The lock file has no packages of scripts/node.');
if (missing !== undefined) {
  const isRequired = process.argv.includes('--required');
  console.log(`${isRequired ? 'failed' : 'skipped'}: comparing Node.js with its releases needs ${missing}`);
  if (isRequired) process.exitCode = 1;
} else {
  const registry = (await outputOf('npm', ['config', 'get', 'registry'])).trim().replace(/\/$/, '');
  for (const name of names) {
    const locked = packages[`node_modules/${name}`];
    if (locked === undefined) throw new Error(`The lock file has no ${name}.`);
    const sources = { releases: RELEASES, keyring: KEYRING, registry, signers: SIGNERS };
    const finding = await compare({ ...locked, name }, sources);
    console.log(`${name}@${locked.version}: ${finding ?? 'as released'}`);
    if (finding !== undefined) process.exitCode = 1;
  }
}

async function whatIsMissing(): Promise<string | undefined> {
  const gpgv = await run('gpgv', ['--version']).catch(() => undefined);
  if (gpgv?.code !== 0) return 'gpgv on the PATH';
  const isReachable = await fetch(RELEASES, { method: 'HEAD', signal: AbortSignal.timeout(10_000) }).then(
    () => true,
    () => false,
  );
  return isReachable ? undefined : `${RELEASES} to be reachable`;
}
