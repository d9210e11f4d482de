import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Book } from './books.ts';
import type { PhaseName } from './phases.ts';

/** How far a repair has come. */
export interface RepairState {
  /** Of the tables. */
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly phase: PhaseName;
  /** Of the phase's scan; absent at its beginning. */
  readonly position?: string | undefined;
  readonly counts: AuditCounts;
  readonly books: readonly (readonly [string, Book])[];
}

/** What was read and found until now. */
export interface AuditCounts {
  readonly products: number;
  readonly reservations: number;
  readonly carts: number;
  /** Differences by their kinds. */
  readonly found: Readonly<Record<string, number>>;
  readonly repaired: number;
  /** Not repaired. */
  readonly left: number;
  readonly inMotion: number;
}

/** Keeps how far a repair has come, so that an interrupted one goes on there. */
export interface StateFile {
  read(): Promise<RepairState | undefined>;
  write(state: RepairState): Promise<void>;
  remove(): Promise<void>;
}

/** A file that only its owner may read. One that cannot be read, or is of other tables, counts as none. */
export function openState(file: string, id: string): StateFile {
  return {
    async read() {
      const text = await readFile(file, 'utf8').catch(() => undefined);
      if (text === undefined) return undefined;
      try {
        const state = JSON.parse(text) as RepairState;
        return state.id === id ? state : undefined;
      } catch {
        return undefined;
      }
    },
    async write(state) {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    remove: () => rm(file, { force: true }),
  };
}
