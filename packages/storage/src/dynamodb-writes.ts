import { randomUUID } from 'node:crypto';
import type { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { Outcome, Put, Row } from './driver.ts';
import type { CallDynamo } from './dynamodb-calls.ts';
import { attemptsOf, cancellationReasons, isError, outcomeUnknown } from './dynamodb-errors.ts';
import { conditionExpression, itemOf, keyOf, type StoredItem } from './dynamodb-items.ts';
import { WRITE_IDS } from './dynamodb-layout.ts';
import { evidenceOf, extendLineage, newWriteId } from './dynamodb-lineage.ts';
import { backOff } from './retry.ts';

/** Largest number of retries after conflicts, if an earlier attempt of the write may have been applied. */
const MAX_CONFLICTS = 8;

/** A put whose condition did not hold, and the item that is stored. */
interface FailedPut {
  readonly put: Put;
  readonly item: StoredItem | undefined;
}

/**
 * Conditional writes to a table. A write is applied at most once, even if its response was lost and other writes preceded
 * its retry. Rejects with `write-outcome-unknown` if it cannot be found out whether the write was applied.
 */
export function createWriter(
  call: CallDynamo,
  tableName: string,
): (puts: readonly Put[]) => Promise<Outcome> {
  const conditionOf = ({ condition }: Put) => ({ TableName: tableName, ...conditionExpression(condition) });
  const putInput = (put: Put, row: Row, id: string) => ({
    ...conditionOf(put),
    Item: { ...itemOf(row), [WRITE_IDS]: { S: isBlind(put) ? id : extendLineage(put.lineage, id) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  });

  /** Creates a function that sends the write; a retry sends the same request. */
  function requestOf(puts: readonly Put[], id: string): () => Promise<unknown> {
    const [put] = puts;
    if (puts.length === 1 && put?.row) {
      const input = putInput(put, put.row, id);
      return () => call('PutItem', input);
    }
    const TransactItems = puts.map((put) =>
      put.row
        ? { Put: putInput(put, put.row, id) }
        : { ConditionCheck: { ...conditionOf(put), Key: keyOf(put.pk) } },
    );
    // With the same token, DynamoDB itself lets a retry within ten minutes succeed if an earlier attempt was applied.
    const input = { TransactItems, ClientRequestToken: randomUUID() };
    return () => call('TransactWriteItems', input);
  }

  return async (puts) => {
    const id = newWriteId();
    const send = requestOf(puts, id);
    let attempts = 0;
    for (let conflicts = 0; ; conflicts++) {
      try {
        await send();
        return 'written';
      } catch (error) {
        attempts += attemptsOf(error);
        const mayBeApplied = attempts > 1 && !puts.every(isBlind);
        const failed = failedPuts(error, puts);
        if (failed) return outcomeOf(id, failed, mayBeApplied, error);
        if (!isConflict(error)) throw error;
        if (!mayBeApplied) return 'contended';
        // The conflict may be with an earlier attempt of the same write.
        if (conflicts === MAX_CONFLICTS) throw outcomeUnknown(error);
        await backOff(conflicts);
      }
    }
  };
}

/** Whether a put replaces the item without having read it (a blind write), so that a retry is harmless. */
function isBlind({ condition }: Put): boolean {
  return condition.is === 'older';
}

/**
 * Outcome of a write whose conditions did not hold, by the lineages of the stored items. For a transaction, the evidence
 * of one item suffices: it is applied to all items or to none.
 */
function outcomeOf(id: string, failed: readonly FailedPut[], mayBeApplied: boolean, error: unknown): Outcome {
  const evidence = new Set(
    failed
      .filter(({ put }) => put.row)
      .map(({ put, item }) => evidenceOf(id, { stored: item?.[WRITE_IDS]?.S, read: put.lineage })),
  );
  if (evidence.has('applied')) return 'written';
  if (mayBeApplied && evidence.has('unknown') && !evidence.has('not-applied')) throw outcomeUnknown(error);
  return 'rejected';
}

/** The puts whose conditions did not hold; undefined if the write failed for another reason. */
function failedPuts(error: unknown, puts: readonly Put[]): readonly FailedPut[] | undefined {
  if (isError(error, 'ConditionalCheckFailedException')) {
    const { Item: item } = error as ConditionalCheckFailedException;
    return puts.map((put) => ({ put, item }));
  }
  const reasons = cancellationReasons(error);
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return undefined;
  const failed = puts.flatMap((put, i): FailedPut[] =>
    reasons[i]?.Code === 'ConditionalCheckFailed' ? [{ put, item: reasons[i].Item }] : [],
  );
  return failed.length > 0 ? failed : undefined;
}

/** Whether a write failed because of a concurrent one. */
function isConflict(error: unknown): boolean {
  if (isError(error, 'TransactionConflictException')) return true;
  if (isError(error, 'TransactionInProgressException')) return true;
  return cancellationReasons(error).some(({ Code }) => Code === 'TransactionConflict');
}
