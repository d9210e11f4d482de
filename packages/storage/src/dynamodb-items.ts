import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { Condition, Row, StoredState } from './driver.ts';
import { HAS_EVENTS, indexAttributes, PARTITION_KEY, WRITE_IDS } from './dynamodb-layout.ts';
import type { Versioned } from './table.ts';

/** An item in DynamoDB's format. */
export type StoredItem = Record<string, AttributeValue>;

export function keyOf(pk: string): StoredItem {
  return { [PARTITION_KEY]: { S: pk } };
}

/** The item of a row. It replaces the stored item entirely, so that no marker of an earlier write remains. */
export function itemOf({ index, ...attributes }: Row): StoredItem {
  const marker = attributes.events.length > 0 ? { [HAS_EVENTS]: true } : {};
  if (!index) return marshallDefined({ ...attributes, ...marker });
  const [partition, sort] = indexAttributes(index.index);
  return marshallDefined({ ...attributes, ...marker, [partition]: index.partition, [sort]: index.sort });
}

export function storedState(stored: StoredItem): StoredState {
  const item = unmarshall(stored);
  return {
    pk: String(item['pk']),
    version: Number(item['version']),
    state: item['state'] as Versioned,
    ...(item['expiresAt'] === undefined ? {} : { expiresAt: Number(item['expiresAt']) }),
    ...(item[WRITE_IDS] === undefined ? {} : { lineage: String(item[WRITE_IDS]) }),
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

function marshallDefined(item: object): StoredItem {
  return marshall(item, { removeUndefinedValues: true });
}

function number(value: number): AttributeValue {
  return { N: String(value) };
}
