import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IndexHolds } from '@tandem/contracts/define-topology';
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

/** Creates the table of a service with the layout of the storage driver; it is retained when its stack is deleted. */
export function createTable(
  scope: Construct,
  name: TableName,
  { settings, key }: { readonly settings: Settings; readonly key: IKey | undefined },
): dynamodb.TableV2 {
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
        ...capacityOfIndex(settings.capacity, holds),
      };
    }),
    timeToLiveAttribute: TTL_ATTRIBUTE,
    dynamoStream: dynamodb.StreamViewType[STREAM_VIEW_TYPE],
    billing: billingOf(settings.capacity),
    encryption: key
      ? dynamodb.TableEncryptionV2.customerManagedKey(key)
      : dynamodb.TableEncryptionV2.dynamoOwnedKey(),
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    contributorInsightsSpecification: {
      enabled: settings.contributorInsights,
      mode: dynamodb.ContributorInsightsMode.THROTTLED_KEYS,
    },
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
}

/** Capacity of an index. An index of keys is written only when an entry begins or ends, and rarely read: a third of the table's minimum is enough. */
function capacityOfIndex(capacity: Settings['capacity'], holds: IndexHolds) {
  if (capacity.mode === 'onDemand') {
    const { maxReadUnits: maxReadRequestUnits, maxWriteUnits: maxWriteRequestUnits } = capacity;
    return { maxReadRequestUnits, maxWriteRequestUnits };
  }
  if (holds === 'states') return {};
  const units = autoscaled({ ...capacity, minUnits: Math.ceil(capacity.minUnits / 3) });
  return { readCapacity: units, writeCapacity: units };
}

type Provisioned = Extract<Settings['capacity'], { mode: 'provisioned' }>;

/** Auto-scaled capacity. Starts at the minimum, also after on-demand mode. */
function autoscaled({ minUnits, maxUnits, targetPercent }: Provisioned): dynamodb.Capacity {
  return dynamodb.Capacity.autoscaled({
    minCapacity: minUnits,
    maxCapacity: maxUnits,
    seedCapacity: minUnits,
    targetUtilizationPercent: targetPercent,
  });
}

function billingOf(capacity: Settings['capacity']): dynamodb.Billing {
  if (capacity.mode === 'onDemand') {
    const { maxReadUnits: maxReadRequestUnits, maxWriteUnits: maxWriteRequestUnits } = capacity;
    return dynamodb.Billing.onDemand({ maxReadRequestUnits, maxWriteRequestUnits });
  }
  const units = autoscaled(capacity);
  return dynamodb.Billing.provisioned({ readCapacity: units, writeCapacity: units });
}
