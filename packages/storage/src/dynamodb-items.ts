import type { Condition, Row, StoredState } from './driver.ts';
import type { Versioned } from './table.ts';

/** An item as lib-dynamodb gives and takes it. */
export type Item = { [attribute: string]: unknown };

/** The key attributes of an index: its partition, its sort key. */
export function indexAttributes(index: string): [string, string] {
  return [`${index}Partition`, `${index}Sort`];
}

export function itemOf({ index, ...attributes }: Row): Item {
  if (!index) return attributes;
  const [partition, sort] = indexAttributes(index.index);
  return { ...attributes, [partition]: index.partition, [sort]: index.sort };
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
