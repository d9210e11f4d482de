import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../create-table.ts';
import { createDynamoCalls } from '../dynamodb-calls.ts';
import { dynamoDriver } from '../dynamodb.ts';
import { key, put, type Table } from '../table.ts';
import { errorResponse, type Handler, serveDynamo } from './dynamodb-fake.ts';
import { add, setTo, thing } from './fixtures.ts';

const [a, b, c] = [key(thing, 'a'), key(thing, 'b'), key(thing, 'c')];

/** Writes that add to `a`; the transaction also adds to `b`. */
const writes: Readonly<Record<string, (table: Table, count: number) => Promise<unknown>>> = {
  put: (table, count) => table.update(a, add(count)),
  transaction: (table, count) =>
    table.transact([a, b, c], (read) => ({
      writes: [a, b].map((item) => put(item, add(count)(read.get(item)).state)),
    })),
};

interface Context {
  /** A table whose next write can be interrupted. */
  readonly table: Table;
  /** The same table in another process. */
  readonly other: Table;
  /** Interrupts the next write: the response to its first attempt is lost. */
  readonly interrupt: (interruption: Interruption) => void;
}

interface Interruption {
  /** Runs after the first attempt. */
  readonly meanwhile?: () => Promise<unknown>;
  /** Whether the first attempt is applied. Default: true. */
  readonly isApplied?: boolean;
  /** Number of following attempts that fail with a conflict. Default: 0. */
  readonly conflicts?: number;
}

const isWrite = (operation: string) => operation === 'PutItem' || operation === 'TransactWriteItems';

/** Removes the token of a transaction, as if it had expired: the conditions alone must suffice. */
const withoutToken = (body: string) => body.replace(/,"ClientRequestToken":"[^"]*"/, '');

function conflictOf(operation: string) {
  if (operation === 'PutItem') return errorResponse('TransactionConflictException');
  const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }];
  return errorResponse('TransactionCanceledException', { CancellationReasons });
}

/**
 * Conformance of writes to DynamoDB whose response is lost. `open` opens an empty table, and returns its name and a handler
 * of requests to it.
 */
export function lostResponsesConform(
  open: () => Promise<{ handle: Handler; tableName: string; close: () => Promise<void> }>,
): void {
  const repeat = async (times: number, work: () => Promise<unknown>) => {
    for (let i = 0; i < times; i++) await work();
  };
  const unknown = { kind: 'unavailable', code: 'write-outcome-unknown' };
  const test = (name: string, body: (context: Context) => Promise<void>) =>
    void it(name, async () => {
      const { handle, tableName, close } = await open();
      let pending: Interruption | undefined;
      let conflicts = 0;
      const interrupted: Handler = async (request) => {
        if (!isWrite(request.operation)) return handle(request);
        const write = { ...request, body: withoutToken(request.body) };
        if (!pending) return conflicts-- > 0 ? conflictOf(request.operation) : handle(write);
        const { meanwhile, isApplied = true, conflicts: followingConflicts = 0 } = pending;
        [pending, conflicts] = [undefined, followingConflicts];
        if (isApplied) assert.equal((await handle(write))?.status, 200);
        await meanwhile?.();
        return undefined;
      };
      const servers = [await serveDynamo(interrupted), await serveDynamo(handle)];
      const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
      const [table, other] = servers.map(({ endpoint }) => {
        const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
        return createTable(dynamoDriver(createDynamoCalls(client), tableName), { now: Date.now });
      });
      try {
        assert.ok(table && other);
        await body({ table, other, interrupt: (interruption) => (pending = interruption) });
      } finally {
        for (const server of servers) server.close();
        await close();
      }
    });

  for (const [name, write] of Object.entries(writes)) {
    const start = (table: Table) => repeat(2, () => write(table, 50));

    for (const otherWrites of [0, 1, 19]) {
      test(`a ${name} is applied once although ${otherWrites} other writes follow`, async (context) => {
        const { table, other, interrupt } = context;
        await start(table);
        interrupt({
          meanwhile: async () => {
            for (const item of [a, b]) await repeat(otherWrites, () => other.update(item, add(-1)));
          },
        });
        await write(table, -10);
        assert.deepEqual(await table.get(a), { version: 3 + otherWrites, count: 90 - otherWrites });
      });
    }

    test(`a ${name} that creates items is applied once`, async ({ table, other, interrupt }) => {
      interrupt({ meanwhile: () => other.update(a, add(-1)) });
      await write(table, 10);
      assert.deepEqual(await table.get(a), { version: 2, count: 9 });
    });

    test(`the outcome of a ${name} is unknown after 20 other writes, and it is not applied twice`, async (context) => {
      const { table, other, interrupt } = context;
      await start(table);
      interrupt({ meanwhile: () => repeat(20, () => other.update(a, add(-1))) });
      if (name === 'put') await assert.rejects(write(table, -10), unknown);
      else await write(table, -10); // The lineage of the other item is evidence enough.
      assert.deepEqual(await table.get(a), { version: 23, count: 70 });

      interrupt({
        meanwhile: async () => {
          for (const item of [a, b]) await repeat(20, () => other.update(item, add(-1)));
        },
      });
      await assert.rejects(write(table, -10), unknown);
      assert.deepEqual(await table.get(a), { version: 44, count: 40 });
      assert.equal((await table.update(a, add(0))).state.version, 45, 'later writes succeed');
    });

    test(`a ${name} whose first attempt was not applied is decided again`, async (context) => {
      const { table, other, interrupt } = context;
      await start(table);
      interrupt({ isApplied: false, meanwhile: () => repeat(19, () => other.update(a, add(-1))) });
      await write(table, -10);
      assert.deepEqual(await table.get(a), { version: 22, count: 71 });
    });

    test(`the unknown outcome of a ${name} that was not applied is reported`, async (context) => {
      const { table, other, interrupt } = context;
      await start(table);
      interrupt({ isApplied: false, meanwhile: () => repeat(20, () => other.update(a, add(-1))) });
      await assert.rejects(write(table, -10), unknown);
      assert.deepEqual(await table.get(a), { version: 22, count: 80 });
    });

    test(`a retried ${name} with conflicts is applied once`, async (context) => {
      const { table, other, interrupt } = context;
      await start(table);
      interrupt({ conflicts: 2, meanwhile: () => other.update(a, add(-1)) });
      await write(table, -10);
      assert.deepEqual(await table.get(a), { version: 4, count: 89 });

      interrupt({ conflicts: 100 });
      await assert.rejects(write(table, -10), unknown);
      interrupt({ isApplied: false, conflicts: 0 });
      await write(other, 0);
      assert.deepEqual(await other.get(a), { version: 6, count: 79 });
    });
  }

  test('a put of an item that has expired before the next write is applied once', async (context) => {
    const { table, other, interrupt } = context;
    const expired = setTo({ count: 99, expiresAt: Math.floor(Date.now() / 1000) - 60 });
    await table.update(a, expired);
    interrupt({ meanwhile: () => other.update(a, add(5)) });
    await table.update(a, expired);
    assert.deepEqual(await other.get(a), { version: 1, count: 5 });
  });

  test('putIfNewer keeps the newest version, whichever responses are lost', async ({
    table,
    other,
    interrupt,
  }) => {
    interrupt({ meanwhile: () => other.putIfNewer(a, { version: 3, count: 3 }) });
    assert.equal(await table.putIfNewer(a, { version: 2, count: 2 }), false);
    interrupt({});
    assert.equal(await table.putIfNewer(a, { version: 4, count: 4 }), true);
    interrupt({ meanwhile: () => other.putIfNewer(a, { version: 9, count: 9 }) });
    await assert.rejects(table.update(a, add(1)), unknown);
    assert.deepEqual(await table.get(a), { version: 9, count: 9 });
  });
}
