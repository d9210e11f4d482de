import { type TableName, topology } from '@tandem/contracts/topology';
import type { Resource } from '../../../infra/src/testing/synth.ts';
import type { Capacity, TableFacts } from './facts.ts';

/** Properties of a resource, which depend on its type. */
export type Properties = Resource['Properties'];

/** A list property; empty if it is absent. */
export const listed = (property: unknown) => (property ?? []) as Properties[];

/** Sum of a value over resources. */
export const sum = (elements: readonly Properties[], valueOf: (properties: Properties) => number) =>
  elements.reduce((total, properties) => total + valueOf(properties), 0);

/** Contributor Insights rules of a table: one for the partition key, and with a sort key another one for both. */
export function contributorRules({ KeySchema, Replicas }: Properties): number {
  const [replica] = listed(Replicas);
  const rulesOf = (source: Properties | undefined, keys: number) => {
    const { Enabled, Mode } = source?.['ContributorInsightsSpecification'] ?? {};
    return Enabled === true ? keys * (Mode === 'THROTTLED_KEYS' ? 1 : 2) : 0;
  };
  const indexes = listed(replica?.['GlobalSecondaryIndexes']);
  return rulesOf(replica, listed(KeySchema).length) + sum(indexes, (index) => rulesOf(index, 2));
}

/** Facts of a table and of its indexes. The replica has the settings of reads. */
export function tableFacts(properties: Properties): TableFacts[] {
  const name = String(properties['TableName']);
  const table = (Object.keys(topology.tables) as TableName[]).find((suffix) =>
    `-${name}`.endsWith(`-${suffix}`),
  );
  if (!table) throw new Error(`${name} is not a table of the topology.`);
  const capacities = (read: Properties | undefined, write: Properties) =>
    properties['BillingMode'] === 'PAY_PER_REQUEST'
      ? {
          read: onDemand(read?.['ReadOnDemandThroughputSettings']?.MaxReadRequestUnits),
          write: onDemand(write['WriteOnDemandThroughputSettings']?.MaxWriteRequestUnits),
        }
      : {
          read: provisioned(read?.['ReadProvisionedThroughputSettings']?.ReadCapacityAutoScalingSettings),
          write: provisioned(write['WriteProvisionedThroughputSettings']?.WriteCapacityAutoScalingSettings),
        };
  const [replica] = listed(properties['Replicas']);
  const replicated = listed(replica?.['GlobalSecondaryIndexes']);
  const indexes = listed(properties['GlobalSecondaryIndexes']).map((index) => {
    const read = replicated.find(({ IndexName }) => IndexName === index['IndexName']);
    return { table, index: String(index['IndexName']), ...capacities(read, index) };
  });
  return [{ table, ...capacities(replica, properties) }, ...indexes];
}

const onDemand = (max: number | undefined): Capacity => ({
  mode: 'onDemand',
  ...(max !== undefined && { max }),
});

function provisioned(scaling: Properties | undefined): Capacity {
  if (!scaling)
    throw new Error(
      'A table has provisioned capacity without auto scaling, whose cost is not defined. Add it to tools/bill/src/table-facts.ts.',
    );
  const { MinCapacity: min, MaxCapacity: max, TargetTrackingScalingPolicyConfiguration } = scaling;
  return {
    mode: 'provisioned',
    min,
    max,
    target: TargetTrackingScalingPolicyConfiguration.TargetValue / 100,
  };
}
