import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeStreamCommand,
  type DynamoDBStreamsClient,
  ExpiredIteratorException,
  GetRecordsCommand,
  GetShardIteratorCommand,
  ListStreamsCommand,
  type Shard,
  TrimmedDataAccessException,
} from '@aws-sdk/client-dynamodb-streams';
import { changeOfRecord, type StreamRecord } from './dynamodb-records.ts';
import type { Change, ChangeFeed } from './table.ts';

const POLL_MS = 100;

/**
 * A table's changes since its beginning (at most a day), for tests and development: one reader, the checkpoint in
 * memory. On AWS, Lambda reads the stream.
 */
export function openStreamFeed(client: DynamoDBStreamsClient, tableName: string): ChangeFeed {
  const shards = new Map<string, ShardReader>();
  let pending: Change[] = [];
  let streamArn: string | undefined;

  async function findStream(): Promise<string> {
    const { Streams } = await client.send(new ListStreamsCommand({ TableName: tableName }));
    const arn = Streams?.at(-1)?.StreamArn;
    if (arn === undefined) throw new Error(`The table ${tableName} has no stream`);
    return arn;
  }

  async function findShards(arn: string): Promise<void> {
    let last: string | undefined;
    do {
      const { StreamDescription } = await client.send(
        new DescribeStreamCommand({ StreamArn: arn, ...(last ? { ExclusiveStartShardId: last } : {}) }),
      );
      for (const shard of StreamDescription?.Shards ?? []) {
        const id = shard.ShardId ?? '';
        if (!shards.has(id)) shards.set(id, createShardReader(client, arn, shard));
      }
      last = StreamDescription?.LastEvaluatedShardId;
    } while (last);
  }

  /** A child shard holds later changes than its parent: it waits until the parent is read to its end. */
  async function poll(): Promise<void> {
    streamArn ??= await findStream();
    await findShards(streamArn);
    for (const shard of shards.values()) {
      if (shard.ended() || shards.get(shard.parent ?? '')?.ended() === false) continue;
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
  ended(): boolean;
  next(): Promise<Change[]>;
}

function createShardReader(client: DynamoDBStreamsClient, arn: string, shard: Shard): ShardReader {
  let iterator: string | undefined;
  let seen: string | undefined;
  let ended = false;

  async function begin(): Promise<string | undefined> {
    const start = seen
      ? ({ ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: seen } as const)
      : ({ ShardIteratorType: 'TRIM_HORIZON' } as const);
    const { ShardIterator } = await client.send(
      new GetShardIteratorCommand({ StreamArn: arn, ShardId: shard.ShardId, ...start }),
    );
    return ShardIterator;
  }

  /** DynamoDB Local lets an iterator over an empty stretch go stale when the next record arrives: begin anew. */
  async function records(): Promise<readonly StreamRecord[]> {
    try {
      iterator ??= await begin();
      const { Records = [], NextShardIterator } = await client.send(
        new GetRecordsCommand({ ShardIterator: iterator }),
      );
      iterator = NextShardIterator;
      ended = iterator === undefined;
      return Records;
    } catch (error) {
      iterator = undefined;
      if (error instanceof TrimmedDataAccessException || error instanceof ExpiredIteratorException) return [];
      throw error;
    }
  }

  return {
    parent: shard.ParentShardId,
    ended: () => ended,
    async next() {
      const found = await records();
      seen = found.at(-1)?.dynamodb?.SequenceNumber ?? seen;
      return found.flatMap((record) => changeOfRecord(record) ?? []);
    },
  };
}
