import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { userInfo } from 'node:os';
import { DomainError } from '@tandem/chassis/errors';
import { printableLines } from '@tandem/chassis/printable';
import { createLogReader } from './log-reader.ts';

/** Audit record of a batch: of a redrive one before it is sent, and one for each outcome. */
export interface RedriveRecord {
  /** RFC 3339. */
  readonly time: string;
  readonly who: string;
  /** Absent for an event that was published again. */
  readonly queue?: string;
  /** Absent for a discard. */
  readonly destination?: string;
  /**
   * `sending`, before it is sent; then `sent`, before it is deleted; `refused` by the destination; `unknown` when there was
   * no response; `notDeleted` when it is still in the queue although it was sent or discarded; `discarded`, before it is
   * deleted; `republished`, before an event of a trace is published again.
   */
  readonly outcome: 'sending' | 'sent' | 'refused' | 'unknown' | 'notDeleted' | 'discarded' | 'republished';
  /** Reason for a discard. */
  readonly why?: string;
  readonly messages: readonly RecordedMessage[];
}

/** One message of a record. The event id may contain a guest's cart id, which is a secret. */
export interface RecordedMessage {
  /** Absent for an event that was published again. */
  readonly messageId?: string;
  readonly eventId?: string;
  /** Hash of the body, of a message without an event id. */
  readonly identity?: string;
  readonly reason?: string;
  /** Body as it was in the queue, of a message that was discarded or edited; or of an event that was published again. */
  readonly body?: string;
  /** Message attributes, of a message that was discarded. */
  readonly attributes?: object;
  /** Body that was sent instead. */
  readonly editedBody?: string;
}

/** Appends a record durably; resolves once it survives a crash. */
export type SaveRecord = (record: RedriveRecord) => Promise<void>;

/** The latest redrive of an event. */
export interface LastRedrive {
  readonly at: Date;
  readonly who: string;
  readonly isEdited: boolean;
}

/** Log of records. */
export interface Records {
  readonly saveRecord: SaveRecord;
  /** The latest redrives, by the identity of the message; other processes' records included. Never rejects. */
  readonly redrives: () => Promise<ReadonlyMap<string, LastRedrive>>;
}

/** Maximum of events whose latest redrive is remembered. */
const MAX_REDRIVES = 10_000;

/** Opens a log of records as NDJSON, readable by its owner only; the file is created with the first record. */
export function openRecords(file: string): Records & AsyncDisposable {
  let opened: ReturnType<typeof openFile> | undefined;
  const known = new Map<string, LastRedrive>();
  const readNew = createLogReader(file, (record) => remember(known, record as RedriveRecord));
  return {
    async saveRecord(record) {
      try {
        opened ??= openFile(file);
        const handle = await opened;
        await handle.appendFile(printableLines(`${JSON.stringify(record)}\n`));
        await handle.sync();
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        const message = `cannot write the redrive log, so nothing was done: ${why}`;
        throw new DomainError('unavailable', 'no-record', message, { cause });
      }
    },
    async redrives() {
      await readNew();
      return known;
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** Records of a system that stores nothing: only the latest redrives are remembered. */
export function ephemeralRecords(): Records {
  const known = new Map<string, LastRedrive>();
  return { saveRecord: async (record) => remember(known, record), redrives: async () => known };
}

function remember(known: Map<string, LastRedrive>, { time, who, outcome, messages }: RedriveRecord): void {
  if (outcome !== 'sending') return;
  for (const { eventId, identity = eventId, editedBody } of messages) {
    if (identity === undefined) continue;
    known.delete(identity);
    known.set(identity, { at: new Date(time), who, isEdited: editedBody !== undefined });
    const [oldest] = known.keys();
    if (known.size > MAX_REDRIVES && oldest !== undefined) known.delete(oldest);
  }
}

/** Name of the user of this process; the user id where it has no name, as in a container. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

async function openFile(file: string) {
  await mkdir(dirname(file), { recursive: true });
  return open(file, 'a', 0o600);
}
