import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { outputOf } from '@tandem/cli/run';

const SOURCES = join(import.meta.dirname, '../dynamodb-local');
const CACHE = join(import.meta.dirname, '../../../.cache/dynamodb-local');
const MIN_JAVA = 17;

/** Running DynamoDB Local: in memory, on 127.0.0.1, for any credentials and region. */
export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts DynamoDB Local on a port (default: any free one), and downloads it first if it is not in the cache. It stops with
 * this process at the latest. Resolves to `missing`, with the reason, if Java or Maven is not installed.
 */
export async function startDynamoDbLocal({ port = 0 }: { port?: number } = {}): Promise<
  DynamoDbLocal | { readonly missing: string }
> {
  const missing = (await missingJava()) ?? (await fetchJars());
  if (missing !== undefined) return { missing };

  const command = ['-cp', join(CACHE, 'lib', '*'), join(SOURCES, 'Loopback.java'), String(port)];
  const server = spawn('java', command, { cwd: CACHE });
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    server.stdin.end();
    await once(server, 'exit');
  };
  return { endpoint: `http://127.0.0.1:${await portOf(server)}`, stop };
}

/** Resolves to the port once the server listens; rejects with its output if it ends before that. */
async function portOf(server: ChildProcessWithoutNullStreams): Promise<string> {
  const output: string[] = [];
  return new Promise((resolve, reject) => {
    for (const stream of [server.stdout, server.stderr]) {
      createInterface(stream).on('line', (line) => {
        output.push(line);
        const [, port] = /^listening (\d+)$/.exec(line) ?? [];
        if (port !== undefined) resolve(port);
      });
    }
    server.once('error', reject);
    server.once('close', () => reject(new Error(`DynamoDB Local did not start:\n${output.join('\n')}`)));
  });
}

async function missingJava(): Promise<string | undefined> {
  const version = await outputOf('java', ['-version']).catch(() => '');
  const [, major] = /version "(\d+)/.exec(version) ?? [];
  if (major !== undefined && Number(major) >= MIN_JAVA) return undefined;
  return `DynamoDB Local needs a JDK ${MIN_JAVA} or newer: install one on the PATH`;
}

/** Downloads the jars of pom.xml into the cache with Maven, unless they are cached. */
async function fetchJars(): Promise<string | undefined> {
  const pom = join(SOURCES, 'pom.xml');
  const cachedPom = join(CACHE, 'lib', 'pom.xml');
  const currentPom = await readFile(pom, 'utf8');
  if ((await readFile(cachedPom, 'utf8').catch(() => '')) === currentPom) return undefined;
  if (!(await outputOf('mvn', ['-version']).catch(() => '')))
    return 'DynamoDB Local needs Maven: install mvn on the PATH';

  await mkdir(CACHE, { recursive: true });
  const lib = await mkdtemp(join(CACHE, 'fetching-'));
  try {
    const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${lib}`];
    await outputOf('mvn', ['-B', '-q', '-f', pom, ...goal]);
    await cp(pom, join(lib, 'pom.xml'));
    await rm(join(CACHE, 'lib'), { recursive: true, force: true });
    await rename(lib, join(CACHE, 'lib'));
  } catch (error) {
    await rm(lib, { recursive: true, force: true });
    throw error;
  }
  return undefined;
}
