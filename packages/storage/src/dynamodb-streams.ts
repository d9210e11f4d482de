import { setTimeout as delay } from 'node:timers/promises';
import type { DynamoDBStreamsClient, Shard } from '@aws-sdk/client-dynamodb-streams';
import { type CallStreams, createStreamCalls } from './dynamodb-stream-calls.ts';
import { changeOfRecord, type StreamRecord } from './dynamodb-records.ts';
import type { Change, ChangeFeed } from './table.ts';

const POLL_MS = 100;
/** Errors of an iterator that ended; a new one continues where it was. */
const ENDED = new Set(['TrimmedDataAccessException', 'ExpiredIteratorException']);

/**
 * Opens a feed of all changes in a table's stream (at most a day), for tests and development: it supports one reader, and
 * its checkpoint is in memory. On AWS, Lambda reads the stream.
 */
export function openStreamFeed(client: DynamoDBStreamsClient, tableName: string): ChangeFeed {
  const call = createStreamCalls(client);
  const shards = new Map<string, ShardReader>();
  let pending: Change[] = [];
  let streamArn: string | undefined;

  /** The newest stream: the one of a table that was replaced remains for a day. Labels are times. */
  async function findStream(): Promise<string> {
    const { Streams = [] } = await call('ListStreams', { TableName: tableName });
    const labels = Streams.map(({ StreamLabel = '' }) => StreamLabel).toSorted();
    const arn = Streams.find(({ StreamLabel }) => StreamLabel === labels.at(-1))?.StreamArn;
    if (arn === undefined) throw new Error(`The table ${tableName} has no stream. Enable one.`);
    return arn;
  }

  async function findShards(arn: string): Promise<void> {
    let last: string | undefined;
    do {
      const { StreamDescription } = await call('DescribeStream', {
        StreamArn: arn,
        ...(last ? { ExclusiveStartShardId: last } : {}),
      });
      for (const shard of StreamDescription?.Shards ?? []) {
        const id = shard.ShardId ?? '';
        if (!shards.has(id)) shards.set(id, createShardReader(call, arn, shard));
      }
      last = StreamDescription?.LastEvaluatedShardId;
    } while (last);
  }

  /** Reads each shard. A child shard has later changes than its parent, so the parent is read to its end first. */
  async function poll(): Promise<void> {
    streamArn ??= await findStream();
    await findShards(streamArn);
    for (const shard of shards.values()) {
      if (shard.hasEnded() || shards.get(shard.parent ?? '')?.hasEnded() === false) continue;
      pending.push(...(await shard.next()));
    }
  }

  return {
    async read(limit, signal) {
      while (!signal.aborted) {
        if (pending.length < limit) await poll();
        if (pending.length > 0) return pending.slice(0, limit);
        await delay(POLL_MS, undefined, { signal }).catch(() => undefined);
      }
      return [];
    },
    checkpoint: async ({ id }) => {
      pending = pending.slice(pending.findIndex((change) => change.id === id) + 1);
    },
  };
}

interface ShardReader {
  readonly parent: string | undefined;
  hasEnded(): boolean;
  next(): Promise<Change[]>;
}

function createShardReader(call: CallStreams, arn: string, shard: Shard): ShardReader {
  let iterator: string | undefined;
  let lastSequenceNumber: string | undefined;
  let hasEnded = false;

  async function openIterator(): Promise<string | undefined> {
    const start = lastSequenceNumber
      ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: lastSequenceNumber } as const)
      : ({ ShardIteratorType: 'TRIM_HORIZON' } as const);
    const { ShardIterator } = await call('GetShardIterator', {
      StreamArn: arn,
      ShardId: shard.ShardId,
      ...start,
    });
    return ShardIterator;
  }

  /**
   * Reads the next records. In DynamoDB Local an iterator over an empty range becomes invalid when the next record arrives;
   * the next call then opens a new one.
   */
  async function readRecords(): Promise<readonly StreamRecord[]> {
    try {
      iterator ??= await openIterator();
      const { Records = [], NextShardIterator } = await call('GetRecords', { ShardIterator: iterator });
      // Undefined or null at the end of a shard.
      iterator = NextShardIterator ?? undefined;
      hasEnded = iterator === undefined;
      return Records;
    } catch (error) {
      iterator = undefined;
      if (error instanceof Error && ENDED.has(error.name)) return [];
      throw error;
    }
  }

  return {
    parent: shard.ParentShardId,
    hasEnded: () => hasEnded,
    async next() {
      const records = await readRecords();
      lastSequenceNumber = records.at(-1)?.dynamodb?.SequenceNumber ?? lastSequenceNumber;
      return records.flatMap((record) => changeOfRecord(record) ?? []);
    },
  };
}
