import { mkdir, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { userInfo } from 'node:os';
import { DomainError } from '@tandem/chassis/errors';

/** What is written of a batch that is redriven: once before it is sent, and once for what came of it. */
export interface RedriveRecord {
  /** RFC 3339. */
  readonly time: string;
  readonly who: string;
  readonly queue: string;
  readonly destination: string;
  /**
   * `sending`, before it is sent; then `sent`, before it is deleted; `refused` by the destination; `unknown` when there was
   * no answer; `notDeleted` when it was sent and is still in the queue, so that it will be sent again.
   */
  readonly outcome: 'sending' | 'sent' | 'refused' | 'unknown' | 'notDeleted';
  readonly messages: readonly RecordedMessage[];
}

/** An event's id may hold a guest's cart id, which is a secret. */
export interface RecordedMessage {
  readonly messageId: string;
  readonly eventId?: string;
  readonly reason?: string;
}

/** Keeps a record for good; resolves when it is safe from a crash. */
export type Keep = (record: RedriveRecord) => Promise<void>;

/** A file of records, a line of JSON each, that only its owner may read; made when the first one is kept. */
export function openRecords(file: string): { readonly keep: Keep } & AsyncDisposable {
  let opened: ReturnType<typeof openFile> | undefined;
  return {
    async keep(record) {
      try {
        opened ??= openFile(file);
        const handle = await opened;
        await handle.appendFile(`${JSON.stringify(record)}\n`);
        await handle.sync();
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new DomainError('unavailable', 'no-record', `nothing is redriven without a record: ${why}`, {
          cause,
        });
      }
    },
    async [Symbol.asyncDispose]() {
      await (await opened?.catch(() => undefined))?.close();
    },
  };
}

/** The name of this process's user; their number where it has none, as in a container. */
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
