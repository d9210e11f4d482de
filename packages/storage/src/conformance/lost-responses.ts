import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTable } from '../create-table.ts';
import { createDynamoCalls } from '../dynamodb-calls.ts';
import { dynamoDriver } from '../dynamodb.ts';
import { key, put, type Table } from '../table.ts';
import { type Handler, refused, serveDynamo } from './dynamodb-fake.ts';
import { add, become, thing } from './fixtures.ts';

const [a, b, c] = [key(thing, 'a'), key(thing, 'b'), key(thing, 'c')];

/** A write of `a`, and of others: adds to each. */
const writes: Readonly<Record<string, (table: Table, count: number) => Promise<unknown>>> = {
  put: (table, count) => table.update(a, add(count)),
  transaction: (table, count) =>
    table.transact([a, b, c], (read) => ({
      writes: [a, b].map((item) => put(item, add(count)(read.get(item)).state)),
    })),
};

interface World {
  /** A table whose calls pass through the interruption. */
  readonly table: Table;
  /** Another process's table. */
  readonly other: Table;
  /**
   * Of the next write the first attempt is applied and its response is lost; then this is done, and as many further
   * attempts meet a conflict. `isApplied: false`: the first attempt fails without being applied.
   */
  readonly interrupt: (interruption: Interruption) => void;
}

interface Interruption {
  readonly meanwhile?: () => Promise<unknown>;
  readonly isApplied?: boolean;
  readonly conflicts?: number;
}

const isWrite = (operation: string) => operation === 'PutItem' || operation === 'TransactWriteItems';

/** A transaction without its token, as if that had been forgotten: its conditions alone must suffice. */
const withoutToken = (body: string) => body.replace(/,"ClientRequestToken":"[^"]*"/, '');

function conflictOf(operation: string) {
  if (operation === 'PutItem') return refused('TransactionConflictException');
  const CancellationReasons = [{ Code: 'TransactionConflict' }, { Code: 'None' }, { Code: 'None' }];
  return refused('TransactionCanceledException', { CancellationReasons });
}

/**
 * Writes whose response is lost, against a DynamoDB: `open` gives a handler of its requests and the name of an empty
 * table.
 */
export function lostResponsesConform(
  open: () => Promise<{ handle: Handler; tableName: string; close: () => Promise<void> }>,
): void {
  const repeat = async (times: number, work: () => Promise<unknown>) => {
    for (let i = 0; i < times; i++) await work();
  };
  const unknown = { kind: 'unavailable', code: 'write-outcome-unknown' };
  const test = (name: string, body: (world: World) => Promise<void>) =>
    void it(name, async () => {
      const { handle, tableName, close } = await open();
      let pending: Interruption | undefined;
      let conflicts = 0;
      const interrupted: Handler = async (exchange) => {
        if (!isWrite(exchange.operation)) return handle(exchange);
        const sent = { ...exchange, body: withoutToken(exchange.body) };
        if (!pending) return conflicts-- > 0 ? conflictOf(exchange.operation) : handle(sent);
        const { meanwhile, isApplied = true, conflicts: further = 0 } = pending;
        [pending, conflicts] = [undefined, further];
        if (isApplied) assert.equal((await handle(sent))?.status, 200);
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

    for (const others of [0, 1, 19]) {
      test(`a ${name} is applied once although ${others} other writes follow`, async (world) => {
        const { table, other, interrupt } = world;
        await start(table);
        interrupt({
          meanwhile: async () => {
            for (const item of [a, b]) await repeat(others, () => other.update(item, add(-1)));
          },
        });
        await write(table, -10);
        assert.deepEqual(await table.get(a), { version: 3 + others, count: 90 - others });
      });
    }

    test(`a ${name} that creates items is applied once`, async ({ table, other, interrupt }) => {
      interrupt({ meanwhile: () => other.update(a, add(-1)) });
      await write(table, 10);
      assert.deepEqual(await table.get(a), { version: 2, count: 9 });
    });

    test(`a ${name} has an unknown outcome beyond 20 writes, and is not applied twice`, async (world) => {
      const { table, other, interrupt } = world;
      await start(table);
      interrupt({ meanwhile: () => repeat(20, () => other.update(a, add(-1))) });
      if (name === 'put') await assert.rejects(write(table, -10), unknown);
      else await write(table, -10); // The other item proves it.
      assert.deepEqual(await table.get(a), { version: 23, count: 70 });

      interrupt({
        meanwhile: async () => {
          for (const item of [a, b]) await repeat(20, () => other.update(item, add(-1)));
        },
      });
      await assert.rejects(write(table, -10), unknown);
      assert.deepEqual(await table.get(a), { version: 44, count: 40 });
      assert.equal((await table.update(a, add(0))).state.version, 45, 'later writes are not impeded');
    });

    test(`a ${name} whose lost attempt was not applied is decided again`, async (world) => {
      const { table, other, interrupt } = world;
      await start(table);
      interrupt({ isApplied: false, meanwhile: () => repeat(19, () => other.update(a, add(-1))) });
      await write(table, -10);
      assert.deepEqual(await table.get(a), { version: 22, count: 71 });
    });

    test(`a ${name} of unknown outcome is reported, where it was not applied`, async (world) => {
      const { table, other, interrupt } = world;
      await start(table);
      interrupt({ isApplied: false, meanwhile: () => repeat(20, () => other.update(a, add(-1))) });
      await assert.rejects(write(table, -10), unknown);
      assert.deepEqual(await table.get(a), { version: 22, count: 80 });
    });

    test(`a repeated ${name} that meets conflicts is applied once`, async (world) => {
      const { table, other, interrupt } = world;
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

  test('a put of an item that has expired when the next writer comes is applied once', async (world) => {
    const { table, other, interrupt } = world;
    const expired = become({ count: 99, expiresAt: Math.floor(Date.now() / 1000) - 60 });
    await table.update(a, expired);
    interrupt({ meanwhile: () => other.update(a, add(5)) });
    await table.update(a, expired);
    assert.deepEqual(await other.get(a), { version: 1, count: 5 });
  });

  test('putIfNewer ends at the newest, whatever is lost', async ({ table, other, interrupt }) => {
    interrupt({ meanwhile: () => other.putIfNewer(a, { version: 3, count: 3 }) });
    assert.equal(await table.putIfNewer(a, { version: 2, count: 2 }), false);
    interrupt({});
    assert.equal(await table.putIfNewer(a, { version: 4, count: 4 }), true);
    interrupt({ meanwhile: () => other.putIfNewer(a, { version: 9, count: 9 }) });
    await assert.rejects(table.update(a, add(1)), unknown);
    assert.deepEqual(await table.get(a), { version: 9, count: 9 });
  });
}
