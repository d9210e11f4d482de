import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { RedriveRecord } from '@tandem/dlq/record';

const script = fileURLToPath(import.meta.resolve('@tandem/dlq/main'));

/** Starts `npm run dlq` with its own directory and environment. */
export function startDlq(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  const exit = ended.then(([stdout, stderr, [code]]) => ({ code: code as number | null, stdout, stderr }));
  return { exit, send: (signal: NodeJS.Signals) => child.kill(signal) };
}

/** Redrive records in a directory. */
export async function recordsOf(folder: string): Promise<readonly RedriveRecord[]> {
  const lines = (await readFile(join(folder, 'redrives.ndjson'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RedriveRecord);
}
