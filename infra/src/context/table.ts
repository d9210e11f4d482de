import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IndexHolds, RunsAs } from '@tandem/contracts/topology-types';
import { type TableName, topology } from '@tandem/contracts/topology';
import {
  indexAttributes,
  PARTITION_KEY,
  projectionOf,
  STREAM_VIEW_TYPE,
  TTL_ATTRIBUTE,
} from '@tandem/storage/dynamodb-layout';
import type { Construct } from 'constructs';
import type { Settings } from '../settings.ts';

const string = (name: string) => ({ name, type: dynamodb.AttributeType.STRING });

export interface TableProps {
  readonly settings: Settings;
  readonly key: IKey | undefined;
  readonly runsAs: RunsAs;
}

/**
 * Creates the table of a service with the layout of the storage driver; it is retained when its stack is deleted. That of a
 * service which runs as functions has on-demand capacity: it costs nothing at rest, and a batch a minute is no constant load.
 */
export function createTable(
  scope: Construct,
  name: TableName,
  { settings, key, runsAs }: TableProps,
): dynamodb.TableV2 {
  const capacity = capacityOf(settings, runsAs);
  return new dynamodb.TableV2(scope, 'Table', {
    tableName: `${settings.namePrefix}${name}`,
    partitionKey: string(PARTITION_KEY),
    globalSecondaryIndexes: Object.entries(topology.tables[name].indexes).map(([indexName, holds]) => {
      const { ProjectionType, NonKeyAttributes } = projectionOf(holds);
      const [partition, sort] = indexAttributes(indexName);
      return {
        indexName,
        partitionKey: string(partition),
        sortKey: string(sort),
        projectionType: dynamodb.ProjectionType[ProjectionType],
        ...(NonKeyAttributes && { nonKeyAttributes: NonKeyAttributes }),
        ...capacityOfIndex(capacity, `${name}/${indexName}`, holds),
      };
    }),
    timeToLiveAttribute: TTL_ATTRIBUTE,
    dynamoStream: dynamodb.StreamViewType[STREAM_VIEW_TYPE],
    billing: billingOf(capacity, name),
    encryption: key
      ? dynamodb.TableEncryptionV2.customerManagedKey(key)
      : dynamodb.TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    // Absent where it is off: a mode of something that is disabled is no configuration that AWS documents.
    ...(settings.contributorInsights && {
      contributorInsightsSpecification: {
        enabled: true,
        mode: dynamodb.ContributorInsightsMode.THROTTLED_KEYS,
      },
    }),
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Capacity of the table of a service; on demand, with the limits of the setting, if it runs as functions. */
export function capacityOf({ capacity }: Settings, runsAs: RunsAs): Settings['capacity'] {
  if (capacity.mode === 'onDemand' || runsAs === 'task') return capacity;
  return { mode: 'onDemand', maxReadUnits: capacity.maxUnits, maxWriteUnits: capacity.maxUnits };
}

/**
 * Capacity of an index. Without figures of its own, an index of keys has a third of the table's minimum: it is written only
 * when an entry begins or ends, and rarely read.
 */
function capacityOfIndex(capacity: Settings['capacity'], name: string, holds: IndexHolds) {
  if (capacity.mode === 'onDemand') {
    const { maxReadUnits: maxReadRequestUnits, maxWriteUnits: maxWriteRequestUnits } = capacity;
    return { maxReadRequestUnits, maxWriteRequestUnits };
  }
  const { minUnits, minimums } = capacity;
  const usual = holds === 'states' ? minUnits : Math.ceil(minUnits / 3);
  const { read, write } = minimums[name] ?? { read: usual, write: usual };
  return { readCapacity: autoscaled(capacity, read), writeCapacity: autoscaled(capacity, write) };
}

type Provisioned = Extract<Settings['capacity'], { mode: 'provisioned' }>;

/** Auto-scaled capacity. Starts at the minimum, also after on-demand mode. */
function autoscaled({ maxUnits, targetPercent }: Provisioned, minUnits: number): dynamodb.Capacity {
  return dynamodb.Capacity.autoscaled({
    minCapacity: minUnits,
    maxCapacity: maxUnits,
    seedCapacity: minUnits,
    targetUtilizationPercent: targetPercent,
  });
}

function billingOf(capacity: Settings['capacity'], table: TableName): dynamodb.Billing {
  if (capacity.mode === 'onDemand') {
    const { maxReadUnits: maxReadRequestUnits, maxWriteUnits: maxWriteRequestUnits } = capacity;
    return dynamodb.Billing.onDemand({ maxReadRequestUnits, maxWriteRequestUnits });
  }
  const { minUnits, minReadUnits = minUnits, minimums } = capacity;
  const { read, write } = minimums[table] ?? { read: minReadUnits, write: minUnits };
  return dynamodb.Billing.provisioned({
    readCapacity: autoscaled(capacity, read),
    writeCapacity: autoscaled(capacity, write),
  });
}
