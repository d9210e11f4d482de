import type { Condition, Row, StoredState } from './driver.ts';
import { HAS_EVENTS, indexAttributes } from './dynamodb-layout.ts';
import type { Versioned } from './table.ts';

/** An item as lib-dynamodb gives and takes it. */
export type Item = { [attribute: string]: unknown };

/** The item that stores a row. It replaces what was there whole, so that no mark of an earlier write stays behind. */
export function itemOf({ index, ...attributes }: Row): Item {
  const marks = attributes.events.length > 0 ? { [HAS_EVENTS]: true } : {};
  if (!index) return { ...attributes, ...marks };
  const [partition, sort] = indexAttributes(index.index);
  return { ...attributes, ...marks, [partition]: index.partition, [sort]: index.sort };
}

export function storedState(item: Item): StoredState {
  return {
    pk: String(item['pk']),
    version: Number(item['version']),
    state: item['state'] as Versioned,
    ...(item['expiresAt'] === undefined ? {} : { expiresAt: Number(item['expiresAt']) }),
  };
}

export function conditionExpression(condition: Condition) {
  switch (condition.is) {
    case 'version':
      return {
        ConditionExpression: 'version = :version',
        ExpressionAttributeValues: { ':version': condition.version },
      };
    case 'absent':
      return {
        ConditionExpression: 'attribute_not_exists(pk) OR expiresAt <= :now',
        ExpressionAttributeValues: { ':now': condition.now },
      };
    case 'older':
      return {
        ConditionExpression: 'attribute_not_exists(pk) OR version < :version OR expiresAt <= :now',
        ExpressionAttributeValues: { ':version': condition.than, ':now': condition.now },
      };
    default:
      return condition satisfies never;
  }
}
