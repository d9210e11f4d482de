import type { Call } from './aws-calls.ts';
import type { Properties, ResourceApi } from './resource-apis.ts';

interface Throughput {
  readonly MaxReadRequestUnits?: number;
  readonly MaxWriteRequestUnits?: number;
}

interface Index extends Properties {
  readonly IndexName: string;
  readonly WriteOnDemandThroughputSettings?: Throughput;
  readonly ReadOnDemandThroughputSettings?: Throughput;
}

/** The properties of a global table that has one replica. */
interface Table extends Properties {
  readonly TableName: string;
  readonly GlobalSecondaryIndexes?: readonly Index[];
  readonly WriteOnDemandThroughputSettings?: Throughput;
  readonly TimeToLiveSpecification?: { readonly Enabled: boolean; readonly AttributeName?: string };
  readonly StreamSpecification?: { readonly StreamViewType: string };
  readonly Replicas: readonly [Replica];
}

interface Replica {
  readonly DeletionProtectionEnabled?: boolean;
  readonly PointInTimeRecoverySpecification?: Readonly<Record<string, unknown>>;
  readonly ReadOnDemandThroughputSettings?: Throughput;
  readonly GlobalSecondaryIndexes?: readonly Index[];
}

/** A table of DynamoDB, whose limits a global table states for writes at the table and for reads at its replica. */
export const globalTable: ResourceApi = {
  async create(call, given) {
    const table = given as unknown as Table;
    const { TableName, TimeToLiveSpecification, StreamSpecification, Replicas } = table;
    const [replica] = Replicas;
    await call('dynamodb', 'CreateTable', {
      TableName,
      AttributeDefinitions: table['AttributeDefinitions'],
      KeySchema: table['KeySchema'],
      BillingMode: table['BillingMode'],
      ...limitsOf(table, replica),
      ...(table.GlobalSecondaryIndexes && {
        GlobalSecondaryIndexes: table.GlobalSecondaryIndexes.map(
          ({ WriteOnDemandThroughputSettings: _, ...index }) => ({
            ...index,
            ...indexLimits(table, index.IndexName),
          }),
        ),
      }),
      ...(StreamSpecification && { StreamSpecification: { StreamEnabled: true, ...StreamSpecification } }),
      DeletionProtectionEnabled: replica.DeletionProtectionEnabled ?? false,
    });
    if (TimeToLiveSpecification)
      await call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
    const { PointInTimeRecoverySpecification } = replica;
    if (PointInTimeRecoverySpecification)
      await call('dynamodb', 'UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
    return { Ref: TableName };
  },

  async read(call, { Ref: TableName }, given) {
    const wanted = given as unknown as Table;
    const { Table } = await call<{ Table: Properties }>('dynamodb', 'DescribeTable', { TableName });
    const indexes = (Table['GlobalSecondaryIndexes'] ?? []) as readonly (Index & {
      OnDemandThroughput?: Throughput;
    })[];
    const byName = ({ IndexName }: Index) => indexes.find((index) => index.IndexName === IndexName);
    const [replica] = wanted.Replicas;
    const { BillingModeSummary: billing, OnDemandThroughput: limits } = Table as {
      BillingModeSummary?: { BillingMode: string };
      OnDemandThroughput?: Throughput;
    };
    return {
      // Read back as they are, since no emulator has them: encryption with AWS's key, insights.
      ...wanted,
      AttributeDefinitions: Table['AttributeDefinitions'],
      KeySchema: Table['KeySchema'],
      BillingMode: billing?.BillingMode ?? 'PROVISIONED',
      StreamSpecification: Table['StreamSpecification'],
      WriteOnDemandThroughputSettings: limits,
      TimeToLiveSpecification: await timeToLive(call, TableName),
      GlobalSecondaryIndexes: wanted.GlobalSecondaryIndexes?.map((index) => {
        const found = byName(index);
        return { ...found, WriteOnDemandThroughputSettings: found?.OnDemandThroughput };
      }),
      Replicas: [
        {
          ...replica,
          DeletionProtectionEnabled: Table['DeletionProtectionEnabled'],
          PointInTimeRecoverySpecification: await pointInTimeRecovery(call, TableName),
          ReadOnDemandThroughputSettings: limits,
          GlobalSecondaryIndexes: replica.GlobalSecondaryIndexes?.map((index) => ({
            ...index,
            ReadOnDemandThroughputSettings: byName(index)?.OnDemandThroughput,
          })),
        },
      ],
    };
  },
};

function limitsOf(
  { WriteOnDemandThroughputSettings: writes }: Pick<Table, 'WriteOnDemandThroughputSettings'>,
  { ReadOnDemandThroughputSettings: reads }: Pick<Replica, 'ReadOnDemandThroughputSettings'> = {},
): Properties {
  return writes || reads ? { OnDemandThroughput: { ...reads, ...writes } } : {};
}

function indexLimits({ GlobalSecondaryIndexes = [], Replicas: [replica] }: Table, name: string): Properties {
  const of = (indexes: readonly Index[]) => indexes.find(({ IndexName }) => IndexName === name);
  return limitsOf(of(GlobalSecondaryIndexes) ?? {}, of(replica.GlobalSecondaryIndexes ?? []));
}

async function timeToLive(call: Call, TableName: string): Promise<Properties> {
  const { TimeToLiveDescription: found } = await call<{
    TimeToLiveDescription: { TimeToLiveStatus: string; AttributeName?: string };
  }>('dynamodb', 'DescribeTimeToLive', { TableName });
  return { Enabled: found.TimeToLiveStatus === 'ENABLED', AttributeName: found.AttributeName };
}

async function pointInTimeRecovery(call: Call, TableName: string): Promise<Properties> {
  type Description = { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: string } };
  const { ContinuousBackupsDescription: found } = await call<{ ContinuousBackupsDescription: Description }>(
    'dynamodb',
    'DescribeContinuousBackups',
    { TableName },
  );
  const { PointInTimeRecoveryStatus: status } = found.PointInTimeRecoveryDescription;
  return { PointInTimeRecoveryEnabled: status === 'ENABLED' };
}
