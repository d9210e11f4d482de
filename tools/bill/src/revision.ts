import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { DomainError } from '@tandem/chassis/errors';
import { mix } from '@tandem/load/mix';
import type { Facts } from './facts.ts';
import type { Measurement } from './measurement.ts';

const run = promisify(execFile);
const operations = Object.values(mix).flatMap((weights) => Object.keys(weights));

/** Facts and measurement of a revision; no measurement if it lacks an operation of today's mix or has another format. */
export interface Revision {
  readonly facts: Facts;
  readonly measured: Measurement | undefined;
}

/** Reads the facts and the measurement that a git revision stores. Rejects with a DomainError if it has none. */
export async function readRevision(revision: string): Promise<Revision> {
  const read = async (name: string): Promise<unknown> => {
    const file = `${revision}:./${name}`;
    const { stdout } = await run('git', ['show', file], { cwd: `${import.meta.dirname}/..` }).catch(
      (cause: unknown) => {
        const message = `Git has no ${file} in tools/bill. Use a commit, branch or tag that has one.`;
        throw new DomainError('notFound', 'no-such-revision', message, { cause });
      },
    );
    return JSON.parse(stdout);
  };
  const facts = (await read('facts.json')) as Facts;
  const measured = (await read('measured.json')) as Partial<Measurement>;
  const { operations: known = {}, services } = measured;
  const isComparable = services !== undefined && operations.every((name) => name in known);
  return { facts, measured: isComparable ? (measured as Measurement) : undefined };
}
