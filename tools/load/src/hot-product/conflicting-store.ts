import { setTimeout as delay } from 'node:timers/promises';
import type { PutItemInput, TransactWriteItemsInput } from '@aws-sdk/client-dynamodb';
import { errorResponse, fakeDynamo } from '@tandem/storage/conformance/dynamodb-fake';
import type { CallDynamo } from '@tandem/storage/dynamodb-calls';

/** Time from a request of DynamoDB to its response, in milliseconds. */
export interface Latencies {
  readonly read: number;
  readonly transaction: number;
}

/** Calls by their outcome. */
export interface CallCounts {
  reads: number;
  written: number;
  /** Transactions that overlapped another one with a common item. */
  conflicts: number;
  /** Writes whose condition did not hold. */
  rejected: number;
}

/**
 * A table in memory that responds as late as DynamoDB, and like it rejects a transaction with `TransactionConflict` while
 * another one with a common item is in progress (developer guide, "Transaction conflict handling"). A rejected transaction
 * takes as long as another one, which is the worst case.
 */
export function openConflictingStore({ read, transaction }: Latencies) {
  const handle = fakeDynamo();
  const writing = new Set<string>();
  const counts: CallCounts = { reads: 0, written: 0, conflicts: 0, rejected: 0 };

  const respond = async (operation: string, input: unknown) => {
    const response = await handle({ operation, headers: {}, body: JSON.stringify(input) });
    return response ?? errorResponse('InternalServerError');
  };
  const transact = async (operation: string, input: unknown) => {
    const pks = pksOf(operation, input);
    const taken = pks.map((pk) => writing.has(pk));
    if (taken.includes(true)) {
      counts.conflicts += 1;
      await delay(transaction);
      const CancellationReasons = taken.map((isTaken) => ({
        Code: isTaken ? 'TransactionConflict' : 'None',
      }));
      return errorResponse('TransactionCanceledException', { CancellationReasons });
    }
    for (const pk of pks) writing.add(pk);
    await delay(transaction);
    const response = await respond(operation, input);
    for (const pk of pks) writing.delete(pk);
    counts[response.status === 200 ? 'written' : 'rejected'] += 1;
    return response;
  };
  const readItems = async (operation: string, input: unknown) => {
    counts.reads += 1;
    await delay(read);
    return respond(operation, input);
  };

  const call: CallDynamo = async (operation, input) => {
    const isWrite = operation === 'PutItem' || operation === 'TransactWriteItems';
    const { status, body } = await (isWrite ? transact(operation, input) : readItems(operation, input));
    const output = JSON.parse(body) as { readonly __type: string };
    if (status === 200) return output as never;
    const { __type, ...fields } = output;
    throw Object.assign(new Error(__type), { name: __type.replace(/^.*#/, ''), ...fields });
  };
  return { call, counts };
}

function pksOf(operation: string, input: unknown): string[] {
  if (operation === 'PutItem') return [(input as PutItemInput).Item?.['pk']?.S ?? ''];
  const { TransactItems = [] } = input as TransactWriteItemsInput;
  return TransactItems.map(({ Put, ConditionCheck }) => (Put?.Item ?? ConditionCheck?.Key)?.['pk']?.S ?? '');
}
