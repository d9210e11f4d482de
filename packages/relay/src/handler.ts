import { messageOf } from '@tandem/chassis/messaging/publisher';
import { changeOfRecord, type StreamRecord } from '@tandem/storage/dynamodb-records';
import type { Change } from '@tandem/storage/table';
import type { Park } from './park.ts';
import type { Relay } from './relay.ts';

/** A batch of a table's stream, as Lambda hands it over: records of one shard, in order. */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/** Records that Lambda retries: all from the lowest of these sequence numbers on. None: the batch is done. */
export interface StreamBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface HandlerDeps {
  readonly relay: Relay;
  /** Keeps a record that cannot be read, as Lambda brought it. */
  readonly park: Park;
  /** Sends what was measured and recorded: once a call has been answered, nothing runs until the next one. */
  readonly flush: () => Promise<void>;
  readonly log: Record<'error', (fields: object, message: string) => void>;
}

/**
 * A relay as the handler of a stream's batches; its event source mapping must report batch item failures. A record is
 * done when its events are published or parked, when it has no events, or when it cannot be read and is parked itself:
 * brought again it would block its shard until it is too old, and those behind it with it. Everything else is brought
 * again. Rejects, which brings back the whole batch, when the relay does, and when no sequence number says what failed.
 */
export function createHandler({ relay, park, flush, log }: HandlerDeps) {
  /** Whether the record is kept. */
  const parked = async (record: StreamRecord, reason: unknown): Promise<boolean> => {
    try {
      await park(messageOf(record), `record not readable: ${String(reason)}`);
      log.error({ err: reason, sequenceNumber: record.dynamodb?.SequenceNumber }, 'record parked');
      return true;
    } catch (err) {
      log.error({ err, reason: String(reason) }, 'record not parked');
      return false;
    }
  };

  return async ({ Records }: StreamEvent): Promise<StreamBatchResponse> => {
    // Lambda would take an empty response as success.
    if (!Array.isArray(Records)) throw new TypeError('This is no event of a stream: it has no records');
    const changes: Change[] = [];
    const unreadable: { record: StreamRecord; reason: unknown }[] = [];
    for (const record of Records) {
      try {
        const change = changeOfRecord(record);
        if (change) changes.push(change);
      } catch (reason) {
        unreadable.push({ record, reason });
      }
    }

    try {
      const { failed } = await relay(changes);
      const again = failed.map(({ id }) => id);
      for (const { record, reason } of unreadable) {
        if (await parked(record, reason)) continue;
        const sequenceNumber = record.dynamodb?.SequenceNumber;
        if (!sequenceNumber)
          throw new Error('A record without sequence number is neither readable nor parked');
        again.push(sequenceNumber);
      }
      return { batchItemFailures: again.map((itemIdentifier) => ({ itemIdentifier })) };
    } finally {
      // What was published is not published again because its metrics could not be written.
      await flush().catch((err: unknown) => log.error({ err }, 'telemetry not flushed'));
    }
  };
}
