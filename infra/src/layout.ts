import type { CloudFormation, Resource } from './testing/synth.ts';

/** What cannot be changed in place of a resource that holds data, or only in steps. */
export interface Stateful {
  readonly type: string;
  /** Undefined where CloudFormation generates it. */
  readonly name?: string;
  readonly table?: TableLayout;
}

export interface TableLayout {
  /** Name, type and role of each key attribute. */
  readonly keys: readonly string[];
  readonly stream: string | undefined;
  readonly ttl: string | undefined;
  readonly indexes: Readonly<Record<string, IndexLayout>>;
}

export interface IndexLayout {
  readonly keys: readonly string[];
  readonly projection: string;
  /** Projected attributes beside the keys, in alphabetical order. */
  readonly attributes: readonly string[];
}

/** Resources that hold data, by stack and logical id. */
export type Layout = Readonly<Record<string, Readonly<Record<string, Stateful>>>>;

const TABLE = 'AWS::DynamoDB::GlobalTable';
const NAMES = ['TableName', 'QueueName', 'TopicName', 'BucketName', 'BackupVaultName'];

/** Layout of the resources of templates that outlive their stack, and of the topics that other stacks subscribe to. */
export function layoutOf(templates: Readonly<Record<string, CloudFormation>>): Layout {
  const stacks = Object.entries(templates).map(([stack, { Resources }]) => {
    const stateful = Object.entries(Resources).filter(
      ([, { Type, DeletionPolicy = 'Delete' }]) =>
        DeletionPolicy !== 'Delete' || (stack === 'events' && Type === 'AWS::SNS::Topic'),
    );
    const entries = stateful.map(([id, resource]) => [id, statefulOf(resource)] as const);
    return [stack, Object.fromEntries(entries.toSorted(([a], [b]) => a.localeCompare(b)))] as const;
  });
  return Object.fromEntries(stacks.filter(([, resources]) => Object.keys(resources).length > 0));
}

function statefulOf({ Type: type, Properties: properties }: Resource): Stateful {
  const name: unknown = NAMES.map((property) => properties[property] as unknown).find(Boolean);
  return {
    type,
    ...(typeof name === 'string' && { name }),
    ...(type === TABLE && { table: tableOf(properties) }),
  };
}

function tableOf(properties: Resource['Properties']): TableLayout {
  const types = new Map(
    (properties['AttributeDefinitions'] as { AttributeName: string; AttributeType: string }[]).map(
      ({ AttributeName, AttributeType }) => [AttributeName, AttributeType],
    ),
  );
  const keysOf = (schema: readonly { AttributeName: string; KeyType: string }[]) =>
    schema.map(({ AttributeName, KeyType }) => `${KeyType} ${AttributeName} ${types.get(AttributeName)}`);
  const indexes = (properties['GlobalSecondaryIndexes'] ?? []) as Resource['Properties'][];
  return {
    keys: keysOf(properties['KeySchema']),
    stream: properties['StreamSpecification']?.StreamViewType,
    ttl: properties['TimeToLiveSpecification']?.AttributeName,
    indexes: Object.fromEntries(
      indexes.map(({ IndexName, KeySchema, Projection }) => [
        IndexName,
        {
          keys: keysOf(KeySchema),
          projection: Projection.ProjectionType,
          attributes: ((Projection.NonKeyAttributes ?? []) as string[]).toSorted(),
        },
      ]),
    ),
  };
}

/** Changes that CloudFormation or DynamoDB would refuse, or that would lose data; one line each, with what to do instead. */
export function refusedChanges(recorded: Layout, current: Layout): string[] {
  return Object.entries(recorded).flatMap(([stack, resources]) =>
    Object.entries(resources).flatMap(([id, before]) => {
      const after = current[stack]?.[id];
      const what = `${stack}, ${before.name ?? id} (${id})`;
      if (!after)
        return `${what} is gone or has another logical id. A rename creates a second resource, whose name is taken by the kept one: restore the id of the construct and its place in the stack. To give it up on purpose, remove it by hand and record that`;
      if (after.type !== before.type || after.name !== before.name)
        return `${what} would be replaced by an empty ${after.type} ${after.name ?? ''}: restore type and name, or add a resource beside it and move the data`;
      return before.table && after.table ? refusedChangesOfTable(what, before.table, after.table) : [];
    }),
  );
}

function refusedChangesOfTable(what: string, before: TableLayout, after: TableLayout): string[] {
  const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
  const names = [...new Set([...Object.keys(before.indexes), ...Object.keys(after.indexes)])];
  const changed = names.filter((name) => !before.indexes[name] || !after.indexes[name]);
  const replaced = names.filter(
    (name) => !changed.includes(name) && !same(before.indexes[name], after.indexes[name]),
  );
  return [
    ...(same(before.keys, after.keys)
      ? []
      : [`${what}: the keys of a table cannot be changed. Add a table and move the data`]),
    ...(before.stream === after.stream
      ? []
      : [
          `${what}: another stream view needs another stream, and the relay loses what it has not read. Add a table, or stop all writes and change it in two deployments`,
        ]),
    ...(before.ttl === after.ttl
      ? []
      : [
          `${what}: the TTL attribute changes only by turning TTL off, waiting for an hour, and on again: two deployments`,
        ]),
    ...replaced.map(
      (name) =>
        `${what}: keys and projection of index ${name} cannot be changed. Add an index with another name, read from it, then remove ${name}: three deployments`,
    ),
    ...(changed.length > 1
      ? [
          `${what}: an update adds or removes one index, and these are ${changed.join(', ')}. Deploy one after another`,
        ]
      : []),
  ];
}
