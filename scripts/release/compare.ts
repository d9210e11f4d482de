/** Compares the Node.js binaries of npm packages with those that the Node.js project released and signed. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { run } from '@tandem/cli/run';

/** Where the material is. URLs without a slash at their end. */
export interface Sources {
  /** Has a directory for each release, such as `v24.21.0`. */
  readonly releases: string;
  /** A keyring of GnuPG. It need not be trusted: `signers` decides. */
  readonly keyring: string;
  readonly registry: string;
  /** Fingerprints of the primary keys of those who may sign a release. */
  readonly signers: readonly string[];
}

/** A package of the lock file that contains a Node.js binary. */
export interface BinaryPackage {
  readonly name: string;
  readonly version: string;
  /** `sha512-` and the hash of its tarball in base64. */
  readonly integrity: string;
}

/**
 * Compares the binary of a package with the release of its version, and resolves to what is wrong in words, or to undefined if they are the
 * same. That the tarball is the lock file's, the release's is of the signed sums, and the signature is of one of the signers is
 * part of it. Rejects if something cannot be downloaded.
 */
export async function compare(binary: BinaryPackage, sources: Sources): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-release-'));
  try {
    const sums = await signedSums(binary.version, sources, folder);
    if (typeof sums === 'string') return sums;
    const released = await releasedHash(binary, sums, { sources, folder });
    if (typeof released === 'string') return released;
    const { name, version, integrity } = binary;
    const file = join(folder, 'package.tgz');
    const { sha512 } = await download(`${sources.registry}/${name}/-/${name}-${version}.tgz`, file);
    if (`sha512-${sha512.toString('base64')}` !== integrity)
      return 'its tarball is not the one of the lock file';
    const packaged = await hashInside(file, `package/bin/${isWindows(name) ? 'node.exe' : 'node'}`);
    return packaged.equals(released) ? undefined : 'its binary is not the released one';
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Sums = ReadonlyMap<string, string>;

/** SHA-256 by file name, if one of the signers signed them; otherwise what is wrong. */
async function signedSums(
  version: string,
  { releases, keyring, signers }: Sources,
  folder: string,
): Promise<Sums | string> {
  const [sums, signature, keys] = ['SHASUMS256.txt', 'SHASUMS256.txt.sig', 'keyring'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const directory = `${releases}/v${version}`;
  const text = await get(`${directory}/SHASUMS256.txt`).then((response) => response.text());
  await writeFile(sums, text);
  await download(`${directory}/SHASUMS256.txt.sig`, signature);
  await download(keyring, keys);
  const { code, output } = await run('gpgv', ['--status-fd', '1', '--keyring', keys, signature, sums], {
    env: { LC_ALL: 'C' },
  });
  const signedBy = [...output.matchAll(/^\[GNUPG:\] VALIDSIG .* ([0-9A-F]{40})$/gm)].map(
    ([, primary = '']) => primary,
  );
  if (code !== 0 || signedBy.length === 0)
    return `the sums of the release have no valid signature: ${output.trim()}`;
  if (!signedBy.some((primary) => signers.includes(primary)))
    return `the sums of the release are signed by ${signedBy.join()}, who is no releaser`;
  return new Map(
    text
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/).toReversed() as [string, string]),
  );
}

/** SHA-256 of the released binary; otherwise what is wrong. */
async function releasedHash(
  { name, version }: BinaryPackage,
  sums: Sums,
  { sources, folder }: { readonly sources: Sources; readonly folder: string },
): Promise<Buffer | string> {
  const platform = name.replace(/^node-(?:bin-)?/, '');
  const base = `node-v${version}-${platform}`;
  const file = isWindows(name) ? `${platform}/node.exe` : `${base}.tar.gz`;
  const sum = sums.get(file);
  if (sum === undefined) return `the release has no ${file}`;
  // Of Windows' binary itself there is a sum.
  if (isWindows(name)) return Buffer.from(sum, 'hex');
  const tarball = join(folder, 'release.tar.gz');
  const { sha256 } = await download(`${sources.releases}/v${version}/${file}`, tarball);
  if (sha256.toString('hex') !== sum) return `${file} is not the one of the signed sums`;
  return hashInside(tarball, `${base}/bin/node`);
}

function isWindows(name: string): boolean {
  return name.startsWith('node-win-');
}

async function get(url: string): Promise<Response> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return response;
}

async function download(
  url: string,
  file: string,
): Promise<{ readonly sha256: Buffer; readonly sha512: Buffer }> {
  const { body } = await get(url);
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  const hashing = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      sha256.update(chunk);
      sha512.update(chunk);
      yield chunk;
    }
  };
  await pipeline(Readable.from(body ?? []), hashing, createWriteStream(file));
  return { sha256: sha256.digest(), sha512: sha512.digest() };
}

/** SHA-256 of a file inside of a tarball. Rejects if it has none of that name. */
async function hashInside(tarball: string, member: string): Promise<Buffer> {
  const tar = spawn('tar', ['-xzOf', tarball, member], { stdio: ['ignore', 'pipe', 'inherit'] });
  const hash = createHash('sha256');
  const [[code]] = await Promise.all([
    once(tar, 'exit') as Promise<[number | null]>,
    pipeline(tar.stdout, hash),
  ]);
  if (code !== 0) throw new Error(`${tarball} has no ${member}.`);
  return hash.digest();
}
