import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { userInfo } from 'node:os';
import { DomainError } from '@tandem/chassis/errors';

/** Audit record of a redriven batch: one before it is sent, and one for each outcome. */
export interface RedriveRecord {
  /** RFC 3339. */
  readonly time: string;
  readonly who: string;
  readonly queue: string;
  readonly destination: string;
  /**
   * `sending`, before it is sent; then `sent`, before it is deleted; `refused` by the destination; `unknown` when there was
   * no response; `notDeleted` when it was sent and is still in the queue, so that it will be sent again.
   */
  readonly outcome: 'sending' | 'sent' | 'refused' | 'unknown' | 'notDeleted';
  readonly messages: readonly RecordedMessage[];
}

/** One message of a record. The event id may contain a guest's cart id, which is a secret. */
export interface RecordedMessage {
  readonly messageId: string;
  readonly eventId?: string;
  readonly reason?: string;
}

/** Appends a record durably; resolves once it survives a crash. */
export type SaveRecord = (record: RedriveRecord) => Promise<void>;

/** Opens a log of records as NDJSON, readable by its owner only; the file is created with the first record. */
export function openRecords(file: string): { readonly saveRecord: SaveRecord } & AsyncDisposable {
  let opened: ReturnType<typeof openFile> | undefined;
  return {
    async saveRecord(record) {
      try {
        opened ??= openFile(file);
        const handle = await opened;
        await handle.appendFile(`${JSON.stringify(record)}\n`);
        await handle.sync();
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new DomainError(
          'unavailable',
          'no-record',
          `cannot write the redrive log, so nothing was redriven: ${why}`,
          {
            cause,
          },
        );
      }
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
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
