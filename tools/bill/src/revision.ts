import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { DomainError } from '@tandem/chassis/errors';
import { mix } from '@tandem/load/mix';
import type { Facts } from './facts.ts';
import type { Measurement } from './measurement.ts';

const operations = Object.values(mix).flatMap((weights) => Object.keys(weights));

/** Facts and measurement of a revision; no measurement if it lacks an operation of today's mix or has another format. */
export interface Revision {
  readonly facts: Facts;
  readonly measured: Measurement | undefined;
}

/** Facts that earlier revisions did not state. */
type Added = 'auditTrail' | 'functions' | 'hostedZones';

/** Reads the facts and the measurement that a git revision stores. Throws a DomainError if it has none. */
export function readRevision(revision: string): Revision {
  const cwd = join(import.meta.dirname, '..');
  const read = (name: string): unknown => {
    const file = `${revision}:./${name}`;
    try {
      return JSON.parse(execFileSync('git', ['show', file], { cwd, encoding: 'utf8', stdio: 'pipe' }));
    } catch (cause) {
      const message = `Git has no ${file} in tools/bill. Use a commit, branch or tag that has one.`;
      throw new DomainError('notFound', 'no-such-revision', message, { cause });
    }
  };
  const stored = read('facts.json') as Omit<Facts, Added> & Partial<Facts>;
  const facts: Facts = {
    ...stored,
    auditTrail: stored.auditTrail ?? { streams: 0, days: 0 },
    functions: stored.functions ?? {},
    hostedZones: stored.hostedZones ?? 0,
    watch: {
      ...stored.watch,
      compositeAlarms: (stored.watch as Partial<Facts['watch']>).compositeAlarms ?? 0,
      logRetentionDays: (stored.watch as Partial<Facts['watch']>).logRetentionDays ?? 0,
    },
  };
  const measured: Partial<Measurement> = { batches: {}, ...(read('measured.json') as Partial<Measurement>) };
  const { operations: known = {}, services } = measured;
  const isComparable = services !== undefined && operations.every((name) => name in known);
  return { facts, measured: isComparable ? (measured as Measurement) : undefined };
}
