import { randomUUID } from 'node:crypto';
import type { ConditionalCheckFailedException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import type { Outcome, Put, Row } from './driver.ts';
import type { CallDynamo } from './dynamodb-calls.ts';
import { attemptsOf, isError, outcomeUnknown } from './dynamodb-errors.ts';
import { conditionExpression, itemOf, keyOf, type StoredItem } from './dynamodb-items.ts';
import { WRITE_IDS } from './dynamodb-layout.ts';
import { evidenceOf, extendLineage, newWriteId } from './dynamodb-lineage.ts';
import { backOff } from './retry.ts';

/** Retries of a write that meets conflicts, if an earlier attempt may have been applied. */
const MAX_CONFLICTS = 8;

/** A put whose condition did not hold, and the item that is stored in its place. */
interface Failed {
  readonly put: Put;
  readonly item: StoredItem | undefined;
}

/**
 * Conditional writes to a table: each is applied once at most, also where its response was lost, the call was repeated
 * and others wrote in between. Rejects with `write-outcome-unknown` where it cannot be found out whether it was applied.
 */
export function createWriter(
  call: CallDynamo,
  tableName: string,
): (puts: readonly Put[]) => Promise<Outcome> {
  const guarded = ({ condition }: Put) => ({ TableName: tableName, ...conditionExpression(condition) });
  const stored = (put: Put, row: Row, id: string) => ({
    ...guarded(put),
    Item: { ...itemOf(row), [WRITE_IDS]: { S: isBlind(put) ? id : extendLineage(put.lineage, id) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  });

  /** The call of a write; each time it is made it sends the same. */
  function requestOf(puts: readonly Put[], id: string): () => Promise<unknown> {
    const [put] = puts;
    if (puts.length === 1 && put?.row) {
      const input = stored(put, put.row, id);
      return () => call('PutItem', input);
    }
    const TransactItems = puts.map((put) =>
      put.row
        ? { Put: stored(put, put.row, id) }
        : { ConditionCheck: { ...guarded(put), Key: keyOf(put.pk) } },
    );
    // For ten minutes the token, too, lets a repeated call succeed that was applied.
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
        const isRepeated = attempts > 1 && !puts.every(isBlind);
        const failed = failedPuts(error, puts);
        if (failed) return outcomeOf(id, failed, isRepeated, error);
        if (!isConflict(error)) throw error;
        if (!isRepeated) return 'contended';
        // The conflict may be with an earlier attempt of its own, or hide that this one was applied.
        if (conflicts === MAX_CONFLICTS) throw outcomeUnknown(error);
        await backOff(conflicts);
      }
    }
  };
}

/** Whether a write may be repeated at will, and replaces an item without having read it. */
function isBlind({ condition }: Put): boolean {
  return condition.is === 'older';
}

/** Of a transaction one proof suffices: it was applied to all of its items or to none. */
function outcomeOf(id: string, failed: readonly Failed[], isRepeated: boolean, error: unknown): Outcome {
  const evidence = new Set(
    failed
      .filter(({ put }) => put.row)
      .map(({ put, item }) => evidenceOf(id, { stored: item?.[WRITE_IDS]?.S, read: put.lineage })),
  );
  if (evidence.has('applied')) return 'written';
  if (isRepeated && evidence.has('unknown') && !evidence.has('not-applied')) throw outcomeUnknown(error);
  return 'refused';
}

/** The puts whose conditions did not hold; undefined where that is not why a write failed. */
function failedPuts(error: unknown, puts: readonly Put[]): readonly Failed[] | undefined {
  if (isError(error, 'ConditionalCheckFailedException')) {
    const { Item: item } = error as ConditionalCheckFailedException;
    return puts.map((put) => ({ put, item }));
  }
  const reasons = cancellationReasons(error);
  if (reasons.some(({ Code }) => Code === 'TransactionConflict')) return undefined;
  const failed = puts.flatMap((put, i): Failed[] =>
    reasons[i]?.Code === 'ConditionalCheckFailed' ? [{ put, item: reasons[i].Item }] : [],
  );
  return failed.length > 0 ? failed : undefined;
}

/** Whether a write failed because another one was under way, or, unlike a throttled call, was tried once only. */
function isConflict(error: unknown): boolean {
  if (isError(error, 'TransactionConflictException')) return true;
  if (isError(error, 'TransactionInProgressException')) return true;
  const codes = new Set(cancellationReasons(error).map(({ Code }) => Code));
  return CONFLICTS.some((code) => codes.has(code));
}

const CONFLICTS = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

function cancellationReasons(error: unknown) {
  if (!isError(error, 'TransactionCanceledException')) return [];
  return (error as TransactionCanceledException).CancellationReasons ?? [];
}
