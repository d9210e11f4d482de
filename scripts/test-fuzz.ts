/**
 * Lets schemathesis send about 10,000 requests by the OpenAPI documents of both services to a system of its own; where
 * there is no Python, says so and succeeds. Arguments go to schemathesis: `npm run test:fuzz -- --seed 1 -n 50`.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { mintToken } from '@tandem/local/issuer';
import { withSystem } from '../tests/src/support/system.ts';

const SOURCES = join(import.meta.dirname, 'schemathesis');
const VENV = join(import.meta.dirname, '../.cache/schemathesis');
const BIN = join(VENV, process.platform === 'win32' ? 'Scripts' : 'bin');

/** Whether Python is new enough and can make environments: Debian packs `ensurepip` apart. */
const PROBE = 'import ensurepip, sys; sys.exit(sys.version_info < (3, 10))';

/** Cases of an operation and phase, at most; more than 10,000 together. */
const MAX_EXAMPLES = '550';

/** For one service: some two minutes, or more on a busy machine and where it shrinks what it found. */
const DEADLINE_MS = 10 * 60_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

/** Runs a command to its end. What it prints is shown as it comes where `isShown`. */
async function run(
  command: string,
  args: readonly string[],
  { env = {}, isShown = false }: { readonly env?: NodeJS.ProcessEnv; readonly isShown?: boolean } = {},
): Promise<Ended> {
  const child = spawn(command, args, {
    cwd: SOURCES,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // Unlike `timeout`, this keeps nobody waiting where there is no such command.
    signal: AbortSignal.timeout(DEADLINE_MS),
  });
  if (isShown) for (const stream of [child.stdout, child.stderr]) stream.pipe(process.stdout, { end: false });
  const [closed, stdout, stderr] = await Promise.all([
    once(child, 'close') as Promise<[number | null]>,
    text(child.stdout),
    text(child.stderr),
  ]);
  const [code] = closed;
  return { code, output: stdout + stderr };
}

/** Installs what requirements.txt pins below .cache, unless that was done; resolves to why it cannot be. */
async function install(): Promise<string | undefined> {
  const requirements = join(SOURCES, 'requirements.txt');
  const installed = join(VENV, 'requirements.txt');
  const wanted = await readFile(requirements, 'utf8');
  if ((await readFile(installed, 'utf8').catch(() => '')) === wanted) return undefined;
  const python = await run('python3', ['-c', PROBE]).catch(() => undefined);
  if (python?.code !== 0) return 'schemathesis needs python3, 3.10 or newer, with venv on the PATH';
  await rm(VENV, { recursive: true, force: true });
  const venv = await run('python3', ['-m', 'venv', VENV]);
  if (venv.code !== 0) throw new Error(`venv failed:\n${venv.output}`);
  const { code, output } = await run(join(BIN, 'pip'), ['install', '--quiet', '--requirement', requirements]);
  if (code !== 0) throw new Error(`pip failed:\n${output}`);
  await cp(requirements, installed);
  return undefined;
}

const missing = await install();
if (missing !== undefined) {
  console.log(`skipped: ${missing}`);
} else {
  const token = await mintToken({ subject: 'fuzzer', scopes: ['products:write'] });
  await withSystem(
    async ({ urls }) => {
      let cases = 0;
      // Carts first: what the other run does to the demo products leaves little to put into them.
      for (const url of [urls.cart, urls.product]) {
        const args = ['run', `${url}/openapi.json`, '--max-examples', MAX_EXAMPLES, ...process.argv.slice(2)];
        const { code, output } = await run(join(BIN, 'st'), args, {
          env: { TOKEN: token, HYPOTHESIS_STORAGE_DIRECTORY: join(VENV, 'hypothesis') },
          isShown: true,
        });
        cases += Number(/(\d+) generated/.exec(output)?.[1] ?? 0);
        if (code !== 0) process.exitCode = code ?? 1;
      }
      console.log(`${cases} requests of both documents`);
    },
    { SEED: '1' },
    { validateResponses: false },
  );
}
