import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RedriveRecord } from '@tandem/dlq/record';
import { startCommand } from '../support/command.ts';

/** Starts `npm run dlq` with its own directory and environment. */
export function startDlq(args: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  return startCommand('@tandem/dlq/main', args, { cwd, env });
}

/** Redrive records in a directory. */
export async function redriveRecords(folder: string): Promise<readonly RedriveRecord[]> {
  const lines = (await readFile(join(folder, 'redrives.ndjson'), 'utf8')).trim().split('\n');
  return lines.map((line) => JSON.parse(line) as RedriveRecord);
}
