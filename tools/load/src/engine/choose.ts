import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import type { Engine } from './engine.ts';
import { k6Engine } from './k6.ts';
import { nodeEngine } from './node.ts';

/** Chooses k6 if it is on the PATH and not excluded, otherwise Node.js with a message. Rejects if k6 is requested and missing. */
export async function chooseEngine(
  requested: 'auto' | 'k6' | 'node',
  path: string | undefined,
  log: (line: string) => void,
): Promise<{ readonly name: 'k6' | 'node'; readonly engine: Engine }> {
  const k6 = requested === 'node' ? undefined : await find('k6', path);
  if (k6 !== undefined) return { name: 'k6', engine: k6Engine(k6) };
  if (requested === 'k6')
    throw new DomainError('unavailable', 'no-k6', 'k6 is not on the PATH. Install it, or omit --k6.');
  if (requested === 'auto') log('k6 is not on the PATH; Node.js sends the same mix');
  return { name: 'node', engine: nodeEngine };
}

async function find(name: string, path = ''): Promise<string | undefined> {
  for (const folder of path.split(delimiter)) {
    const file = join(folder, name);
    const isThere = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return file;
  }
  return undefined;
}
