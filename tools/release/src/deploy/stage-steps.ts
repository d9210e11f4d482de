import { createHash } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@tandem/cli/run';
import { type Client, fetchAccessToken } from './access-token.ts';
import type { Steps } from './deploy-release.ts';
import { files } from '../layout.ts';

/** A release on this machine. */
export interface LocalRelease {
  /** Directory of its files. */
  readonly folder: string;
  /** What the files were unpacked from. */
  readonly archive: string;
  /** SHA-256 of the archive. */
  readonly digest: string;
}

export interface StageOptions {
  readonly stage: string;
  /** Bucket with the last good version of each stage. */
  readonly bucket: string;
  readonly client: Client;
  /** Directory for the last good version and for outputs. */
  readonly workFolder: string;
  readonly report: (line: string) => void;
  /** Hides a token in all further output. */
  readonly mask?: ((token: string) => void) | undefined;
}

/** Two deployments with a canary in each service. */
const DEADLINE_MS = 2 * 60 * 60_000;
/** No rule of tags or versions: what is here passed the smoke test last. */
const keyOf = (stage: string) => `${stage}/release.tar.gz`;

/** A release of which archive and directory are given. */
export async function localRelease(archive: string, folder: string): Promise<LocalRelease> {
  const digest = createHash('sha256')
    .update(await readFile(archive))
    .digest('hex');
  return { folder, archive, digest };
}

/** The steps of a deployment to a stage by the CDK and the AWS CLI. */
export function stageSteps({
  stage,
  bucket,
  client,
  workFolder,
  report,
  mask,
}: StageOptions): Steps<LocalRelease> {
  const object = `s3://${bucket}/${keyOf(stage)}`;
  return {
    report,
    fetchToken: async () => {
      const token = await fetchAccessToken(client);
      mask?.(token);
      return token;
    },
    fetchLastGood: async () => {
      const list = ['s3api', 'list-objects-v2', '--bucket', bucket, '--prefix', keyOf(stage)];
      const keys = await succeed('aws', [...list, '--query', 'Contents[].Key', '--output', 'json']);
      // A list of all keys that begin with the prefix; `null` if there are none.
      const found = (JSON.parse(keys) as readonly string[] | null) ?? [];
      if (!found.includes(keyOf(stage))) return undefined;
      const archive = join(workFolder, 'last-good.tar.gz');
      const folder = join(workFolder, 'last-good');
      await succeed('aws', ['s3', 'cp', object, archive, '--no-progress']);
      await mkdir(folder, { recursive: true });
      await succeed('tar', ['--extract', '--gzip', '--file', archive, '--directory', folder]);
      return localRelease(archive, folder);
    },
    deploy: async ({ folder, digest }) => {
      report(`Deploying ${stage}: release ${digest.slice(0, 12)}, ${await imagesOf(folder)}`);
      const outputs = join(workFolder, `outputs-${digest.slice(0, 12)}.json`);
      await succeed(process.execPath, [
        join(folder, files.cdk),
        'deploy',
        `tandem-${stage}-*`,
        '--app',
        join(folder, files.assembly),
        '--require-approval',
        'never',
        '--concurrency',
        '2',
        '--outputs-file',
        outputs,
      ]);
      return urlOf(stage, await readFile(outputs, 'utf8'));
    },
    smokeTest: async ({ folder }, url, token) => {
      await succeed(process.execPath, [join(folder, files.smoke), url, '--wait', '5m', '--deadline', '30s'], {
        TOKEN: token,
      });
    },
    recordAsGood: async ({ archive }) => {
      await succeed('aws', ['s3', 'cp', archive, object, '--no-progress']);
    },
    isSame: (one, other) => one.digest === other.digest,
  };
}

async function imagesOf(folder: string): Promise<string> {
  const images = JSON.parse(await readFile(join(folder, files.images), 'utf8')) as Record<string, string>;
  return Object.entries(images)
    .map(([service, image]) => `${service} ${image.replace(/^.*@sha256:(.{12}).*$/, '$1')}`)
    .join(', ');
}

function urlOf(stage: string, outputs: string): string {
  const stacks = JSON.parse(outputs) as Record<string, Record<string, string>>;
  const url = stacks[`tandem-${stage}-edge`]?.['Url'];
  if (url === undefined) throw new Error(`The stack tandem-${stage}-edge has no output Url.`);
  return url;
}

/** Runs a command with its output shown; rejects with its name and exit code if it fails. Resolves to its output. */
async function succeed(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const isShown = args[0] !== 's3api';
  const { code, output } = await run(command, args, { env, isShown, deadlineMs: DEADLINE_MS });
  if (code === 0) return output;
  const shown = isShown ? '' : `\n${output}`;
  throw new Error(`${[command, ...args].join(' ')} ended with exit code ${code}.${shown}`);
}
