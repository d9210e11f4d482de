import type { ServiceName, TableName } from '@tandem/contracts/topology';

export const SERVICES = ['product', 'cart'] as const satisfies readonly ServiceName[];

/** What the templates of a deployment say that costs depend on: plain data, so that it can be kept in a file. */
export interface Facts {
  /** Dollars a month of which somebody is told when they are passed; undefined where nobody is. */
  readonly budget?: number;
  readonly balancers: BalancerFacts;
  readonly firewalls: { readonly count: number; readonly rules: number };
  readonly network: NetworkFacts;
  readonly services: Readonly<Record<ServiceName, ServiceFacts>>;
  readonly tables: readonly TableFacts[];
  /** Whether tables can be restored to a point in time. */
  readonly isBackedUp: boolean;
  readonly relays: Readonly<Record<ServiceName, RelayFacts>>;
  /** Topics and queues that are encrypted with a key, and the keys of our own. */
  readonly encryption: { readonly topicsAndQueues: number; readonly keys: number };
  readonly watch: WatchFacts;
  readonly secrets: number;
}

/** All load balancers together. */
export interface BalancerFacts {
  readonly count: number;
  /** One in each subnet. */
  readonly nodes: number;
  readonly publicAddresses: number;
  readonly idleSeconds: number;
  /** How long access logs are kept; undefined where there are none. */
  readonly accessLogDays?: number;
}

export interface NetworkFacts {
  readonly natGateways: number;
  /** Addresses that are reserved: those of NAT gateways. */
  readonly addresses: number;
  /** Of interface endpoints, one in each of their subnets. */
  readonly endpointZones: number;
  readonly flowLogs: number;
}

/** What looks at the system. */
export interface WatchFacts {
  /** Metrics that alarms look at. */
  readonly alarmMetrics: number;
  /** Policies that follow a target, which make alarms of their own. */
  readonly scalingPolicies: number;
  readonly dashboards: number;
  /** Rules of Contributor Insights. */
  readonly contributorRules: number;
  /** Clusters with Container Insights. */
  readonly insightsClusters: number;
}

export interface ServiceFacts {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly isArm: boolean;
  readonly tasks: { readonly min: number; readonly max: number };
  readonly requestsPerTaskAndMinute: number;
  readonly readinessIntervalSeconds: number;
  /** How long its consumer waits after a batch that was not full. */
  readonly receivePauseSeconds: number;
}

/** A table, or an index of it: each has capacity of its own. */
export interface TableFacts {
  readonly table: TableName;
  readonly index?: string;
  readonly read: Capacity;
  readonly write: Capacity;
}

export type Capacity =
  | { readonly mode: 'onDemand'; readonly max?: number }
  | { readonly mode: 'provisioned'; readonly min: number; readonly max: number; readonly target: number };

export interface RelayFacts {
  readonly memoryGb: number;
  readonly isArm: boolean;
  readonly windowSeconds: number;
  readonly batchSize: number;
}
