import type { TableName } from '@tandem/contracts/topology';

/** Cost-relevant facts of a deployment's templates, as plain data. */
export interface Facts {
  /** Monthly budget in dollars; undefined without one. */
  readonly budget?: number;
  readonly balancers: BalancerFacts;
  readonly firewalls: { readonly count: number; readonly rules: number };
  readonly network: NetworkFacts;
  /** Facts of the services that have a stack, by name. */
  readonly services: Readonly<Record<string, ServiceFacts>>;
  readonly tables: readonly TableFacts[];
  /** Whether tables have point-in-time recovery. */
  readonly isBackedUp: boolean;
  /** Facts of the relays, by the names of their services. */
  readonly relays: Readonly<Record<string, RelayFacts>>;
  /** Topics and queues that are encrypted with a KMS key, and customer managed keys. */
  readonly encryption: { readonly topicsAndQueues: number; readonly keys: number };
  readonly watch: WatchFacts;
  readonly secrets: number;
}

/** Facts of all load balancers. */
export interface BalancerFacts {
  readonly count: number;
  /** One in each subnet. */
  readonly nodes: number;
  readonly publicAddresses: number;
  readonly idleSeconds: number;
  /** Retention of access logs; undefined without access logs. */
  readonly accessLogDays?: number;
}

export interface NetworkFacts {
  readonly natGateways: number;
  /** Elastic IPs, of NAT gateways. */
  readonly addresses: number;
  /** Network interfaces of interface endpoints, one per subnet. */
  readonly endpointZones: number;
  readonly flowLogs: number;
}

/** Facts of alarms, dashboards and insights. */
export interface WatchFacts {
  /** Metrics of alarms. */
  readonly alarmMetrics: number;
  /** Target tracking policies, which create alarms of their own. */
  readonly scalingPolicies: number;
  readonly dashboards: number;
  /** Contributor Insights rules. */
  readonly contributorRules: number;
  /** Clusters with Container Insights. */
  readonly insightsClusters: number;
}

export interface ServiceFacts {
  readonly vcpu: number;
  readonly memoryGb: number;
  readonly isArm: boolean;
  readonly tasks: { readonly min: number; readonly max: number };
  /** Requests at which the load balancer's policy adds a task; undefined without an API. */
  readonly requestsPerTaskAndMinute?: number;
  /** Interval of the load balancer's readiness checks; undefined without an API. */
  readonly readinessIntervalSeconds?: number;
  /** Pause of its consumer after a batch that was not full. */
  readonly receivePauseSeconds: number;
}

/** A table, or one of its indexes, each with its own capacity. */
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
