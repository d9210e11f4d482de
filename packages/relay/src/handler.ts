import { messageOf } from '@tandem/chassis/messaging/publisher';
import { changeOfRecord, type StreamRecord } from '@tandem/storage/dynamodb-records';
import type { Change } from '@tandem/storage/table';
import type { Park } from './park.ts';
import type { Relay } from './relay.ts';

/** A batch of a table's change stream as a Lambda event: records of one shard, in order. */
export interface StreamEvent {
  readonly Records: readonly StreamRecord[];
}

/** Batch item failures: Lambda retries all records from the lowest of these sequence numbers on. */
export interface StreamBatchResponse {
  readonly batchItemFailures: readonly { readonly itemIdentifier: string }[];
}

export interface HandlerDeps {
  readonly relay: Relay;
  /** Parks a record that cannot be read, unchanged. */
  readonly park: Park;
  /** Sends metrics and spans: Lambda freezes the process between invocations. */
  readonly flush: () => Promise<void>;
  readonly log: Record<'error', (fields: object, message: string) => void>;
}

/**
 * Creates a Lambda handler for the batches of a change stream; its event source mapping must report batch item failures. A
 * record is done if it has no events, if its events are published or parked, or if it cannot be read and is parked itself:
 * its retries would block the shard until the record expires. All other records are retried. Rejects if the relay does, or
 * if a failed record has no sequence number: Lambda then retries the whole batch.
 */
export function createHandler({ relay, park, flush, log }: HandlerDeps) {
  /** Parks a record; resolves to whether it was parked. Never rejects. */
  const tryPark = async (record: StreamRecord, reason: unknown): Promise<boolean> => {
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
    // Without this, Lambda would treat the empty response as success.
    if (!Array.isArray(Records))
      throw new TypeError('The input is not an event of a stream: it has no records');
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
      const failedIds = failed.map(({ id }) => id);
      for (const { record, reason } of unreadable) {
        if (await tryPark(record, reason)) continue;
        const sequenceNumber = record.dynamodb?.SequenceNumber;
        if (!sequenceNumber)
          throw new Error('A record without sequence number could be neither read nor parked');
        failedIds.push(sequenceNumber);
      }
      return { batchItemFailures: failedIds.map((itemIdentifier) => ({ itemIdentifier })) };
    } finally {
      // A failure to flush must not fail the batch: its events would be published again.
      await flush().catch((err: unknown) => log.error({ err }, 'telemetry not flushed'));
    }
  };
}
