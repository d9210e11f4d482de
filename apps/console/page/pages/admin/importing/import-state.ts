import { signal } from '@preact/signals';
import type { ImportMessage, ImportQuery } from '../../../../server/protocol-import.ts';
import { createActionState } from '../../../actions.ts';
import { queries } from '../../../query.ts';
import { importFile, type ImportResult } from './import-file.ts';

/** Choices about a file that it does not say itself. */
export type Choices = Omit<ImportQuery, 'name' | 'dryRun'>;

/** Chosen file. It stays, as do its preview and its import, while the reader is on another page. */
export const file = signal<File | undefined>(undefined);
export const choices = signal<Choices>({});
/** Preview of the file with these choices. */
export const shownPreview = signal<Extract<ImportResult, { kind: 'preview' }> | undefined>(undefined);
/** Result of the import. */
export const result = signal<Extract<ImportResult, { kind: 'imported' }> | undefined>(undefined);
/** Latest message of the file that is being read. */
export const progress = signal<ImportMessage | undefined>(undefined);

/** Actions: `preview` and `import`. */
export const actions = createActionState();
let running: AbortController | undefined;

/** Chooses a file or changes the choices, and compares the file with the catalog. */
export async function prepare(chosen: File | undefined, next: Choices): Promise<void> {
  running?.abort();
  file.value = chosen;
  choices.value = next;
  shownPreview.value = undefined;
  result.value = undefined;
  actions.clearErrors(() => true);
  if (chosen === undefined) return;
  // A preview of earlier choices ends first: its action is no longer pending.
  await pending;
  if (file.value !== chosen || choices.value !== next) return;
  await start('preview', async (signal) => {
    const found = await importFile(chosen, { ...next, dryRun: 'true' }, show, signal);
    if (found.kind === 'preview') shownPreview.value = found;
  });
}

/** Imports the chosen file. */
export async function importChosen(): Promise<void> {
  const chosen = file.value;
  if (chosen === undefined) return;
  await start('import', async (signal) => {
    const done = await importFile(chosen, choices.value, show, signal);
    if (done.kind !== 'imported') return;
    result.value = done;
    shownPreview.value = undefined;
    await queries.invalidateQueries({ queryKey: ['catalog'] });
  });
}

/** Stops the import after the lines that are being written. */
export function stop(): void {
  running?.abort();
}

let pending: Promise<unknown> = Promise.resolve();

function start(name: string, work: (signal: AbortSignal) => Promise<void>): Promise<unknown> {
  const own = new AbortController();
  running = own;
  pending = actions.run(name, async () => {
    try {
      await work(own.signal);
    } catch (error) {
      if (!own.signal.aborted) throw error;
      if (name === 'import')
        throw new Error('The import was stopped. What was imported stays; the other rows were not read.', {
          cause: error,
        });
    } finally {
      progress.value = undefined;
    }
  });
  return pending;
}

function show(message: ImportMessage): void {
  progress.value = message;
}
