import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Condition, Row, StoredState } from './driver.ts';
import { HAS_EVENTS, indexAttributes, PARTITION_KEY, WRITE_IDS } from './dynamodb-layout.ts';
import { attributesOf, attributesOfState, fieldsOf, type Attributes } from './dynamodb-values.ts';
import type { Versioned } from './table.ts';

/** An item in DynamoDB's format. */
export type StoredItem = Attributes;

export function keyOf(pk: string): StoredItem {
  return { [PARTITION_KEY]: { S: pk } };
}

/**
 * The item of a row. It replaces the stored item entirely, so that no marker of an earlier write remains. The version of the
 * state, which is that of the item, and a list without events are left out: they only cost bytes.
 */
export function itemOf({ pk, version, state, events, traceparent, index, expiresAt }: Row): StoredItem {
  const { version: _, ...fields } = state;
  const [partition = '', sort = ''] = index ? indexAttributes(index.index) : [];
  return {
    ...attributesOf({
      pk,
      version,
      expiresAt,
      traceparent,
      ...(events.length > 0 && { events, [HAS_EVENTS]: true }),
      ...(index && { [partition]: index.partition, [sort]: index.sort }),
    }),
    state: { M: attributesOfState(fields) },
  };
}

/** The state of an item, with its version. */
export function stateOf({ version, state }: StoredItem): Versioned {
  const fields = fieldsOf(state?.M ?? {});
  fields['version'] = Number(version?.N);
  return fields as unknown as Versioned;
}

export function storedState(item: StoredItem): StoredState {
  const { pk, version, expiresAt, [WRITE_IDS]: lineage } = item;
  return {
    pk: String(pk?.S),
    version: Number(version?.N),
    state: stateOf(item),
    ...(expiresAt === undefined ? {} : { expiresAt: Number(expiresAt.N) }),
    ...(lineage === undefined ? {} : { lineage: String(lineage.S) }),
  };
}

interface Expression {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues: StoredItem;
}

export function conditionExpression(condition: Condition): Expression {
  switch (condition.is) {
    case 'version':
      return {
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': number(condition.version) },
      };
    case 'absent':
      return {
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': number(condition.now) },
      };
    case 'older':
      return {
        ConditionExpression: 'attribute_not_exists(pk) OR version < :version OR expiresAt <= :now',
        ExpressionAttributeValues: { ':version': number(condition.than), ':now': number(condition.now) },
      };
    default:
      return condition satisfies never;
  }
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}
