import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Book } from './books.ts';
import type { PhaseName } from './phases.ts';

/** State of a repair, to continue it after an interruption. */
export interface RepairState {
  /** Id of the tables. */
  readonly id: string;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly phase: PhaseName;
  /** Position of the phase's scan; absent at its start. */
  readonly position?: string | undefined;
  readonly counts: AuditCounts;
  readonly books: readonly (readonly [string, Book])[];
}

/** Counts of an audit so far. */
export interface AuditCounts {
  readonly products: number;
  readonly reservations: number;
  readonly carts: number;
  /** Number of differences by kind. */
  readonly found: Readonly<Record<string, number>>;
  readonly repaired: number;
  /** Differences that were not repaired. */
  readonly left: number;
  readonly inMotion: number;
}

/** File of the state of a repair. */
export type StateFile = ReturnType<typeof openState>;

/** Opens a state file, readable by its owner only. A file that is invalid, or has another id, is ignored. */
export function openState(file: string, id: string) {
  return {
    async read(): Promise<RepairState | undefined> {
      try {
        const state = JSON.parse(await readFile(file, 'utf8')) as RepairState;
        return state.id === id ? state : undefined;
      } catch {
        return undefined;
      }
    },
    async write(state: RepairState): Promise<void> {
      await mkdir(dirname(file), { recursive: true, mode: 0o700 });
      await writeFile(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      await rename(`${file}.new`, file);
    },
    remove: () => rm(file, { force: true }),
  };
}
