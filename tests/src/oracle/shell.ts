import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { mintToken } from '@tandem/emulators/issuer';
import type { RunOptions } from './documents.ts';
import { sdkEnvironment } from './ministack.ts';
import type { OracleStage } from './stage.ts';

const ROOT = join(import.meta.dirname, '../../..');
const SERVER = join(ROOT, 'scripts/oracle/aws_cli.py');

/** The reason why the commands of the documents cannot run here, or false. */
export function missingCommand(): string | false {
  try {
    execFileSync('bash', ['-c', 'curl --version && jq --version && openssl version']);
    return false;
  } catch {
    return 'the commands of the documents need bash, curl, jq and openssl';
  }
}

/** The shell of an operator; its AWS CLI ends when it goes out of scope. */
export interface Shell extends RunOptions, AsyncDisposable {}

/** Opens the shell of an operator with all permissions, in a directory of its own. Its `aws` is the CLI 1 of PyPI, loaded once. */
export async function openShell({ ministack, front, folder }: OracleStage, python: string): Promise<Shell> {
  const directory = join(folder, `shell-${randomUUID()}`);
  const commands = join(directory, 'bin');
  await mkdir(commands, { recursive: true });
  const product = { productId: 'seed', name: 'Seed', price: 1200, currency: 'EUR', inventory: 10 };
  await writeFile(join(directory, 'products.ndjson'), `${JSON.stringify(product)}\n`);
  const server = spawn(python, [SERVER, 'serve', join(directory, 'cli'), join(commands, 'aws')], {
    env: {},
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  await Promise.race([
    once(server.stdout, 'data'),
    exited.then(() => Promise.reject(new Error('no AWS CLI'))),
  ]);
  return {
    folder: directory,
    env: {
      PATH: [commands, process.env['PATH']].join(delimiter),
      HOME: directory,
      ...sdkEnvironment(ministack, ministack.root),
      ...front.env,
      TOKEN: await mintToken({ subject: 'import', scopes: ['products:write'] }),
      ANALYST_TOKEN: await mintToken({ subject: 'analyst', scopes: ['analytics:read'] }),
    },
    prelude: `npm() { command npm --prefix '${ROOT}' "$@"; }; export STAGE=staging P=staging- S=product T=products`,
    async [Symbol.asyncDispose]() {
      server.kill();
      await exited;
    },
  };
}
