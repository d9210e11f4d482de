import type { TableName } from '@tandem/contracts/topology';

/** Presets of the tables' capacity; the first is the default of production. */
export const PRESETS = ['onDemand', 'steady'] as const;
export type Preset = (typeof PRESETS)[number];

/** Cost-relevant facts of a deployment's templates, as plain data. */
export interface Facts {
  /** Monthly budget in dollars; undefined without one. */
  readonly budget?: number;
  /** All load balancers. */
  readonly balancers: {
    readonly count: number;
    /** One in each subnet. */
    readonly nodes: number;
    readonly publicAddresses: number;
    readonly idleSeconds: number;
    /** Retention of access logs; undefined without access logs. */
    readonly accessLogDays?: number;
  };
  /** Distributions of CloudFront in front of the load balancers; undefined without one. */
  readonly distributions?: number;
  readonly firewalls: { readonly count: number; readonly rules: number };
  readonly network: {
    readonly natGateways: number;
    /** Elastic IPs, of NAT gateways. */
    readonly addresses: number;
    /** Network interfaces of interface endpoints, one per subnet. */
    readonly endpointZones: number;
    readonly flowLogs: number;
  };
  /** Facts of the services that have a stack, by name. */
  readonly services: Readonly<Record<string, ServiceFacts>>;
  readonly tables: readonly TableFacts[];
  /** Whether tables have point-in-time recovery. */
  readonly isBackedUp: boolean;
  /** Backups that AWS Backup keeps of each table at the same time; undefined without a plan. */
  readonly backups?: BackupFacts;
  /** Facts of the services that run as functions, by name. */
  readonly functions: Readonly<Record<string, FunctionServiceFacts>>;
  /** The scheduled probe of the shop; undefined without one. */
  readonly probe?: FunctionFacts & { readonly minutes: number };
  /** Facts of the relays, by the names of their services. */
  readonly relays: Readonly<Record<string, RelayFacts>>;
  /** Topics and queues that are encrypted with a KMS key, and customer managed keys. */
  readonly encryption: { readonly topicsAndQueues: number; readonly keys: number };
  readonly watch: {
    /** Metrics of alarms. */
    readonly alarmMetrics: number;
    readonly compositeAlarms: number;
    /** Target tracking policies, which create alarms of their own. */
    readonly scalingPolicies: number;
    readonly dashboards: number;
    /** The longest of the log groups. */
    readonly logRetentionDays: number;
    /** Contributor Insights rules. */
    readonly contributorRules: number;
    /** Clusters with Container Insights. */
    readonly insightsClusters: number;
  };
  readonly secrets: number;
  /** Share of requests whose traces are sent to X-Ray; absent where none are. */
  readonly xrayShare?: number;
  /** Hosted zones with a record of the deployment. */
  readonly hostedZones: number;
  /** Delivery streams of an audit trail, and the retention of their lines in days. */
  readonly auditTrail: { readonly streams: number; readonly days: number };
}

export interface BackupFacts {
  /** In the vault of the account. */
  readonly own: number;
  /** In the vaults that they are copied to, whose accounts pay for them. */
  readonly copies: number;
  /** Copies a day to each region, in which the price list may not be. */
  readonly copiesPerDayTo: Readonly<Record<string, number>>;
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

/** A service that runs as Lambda functions. */
export interface FunctionServiceFacts {
  /** Undefined without queues. */
  readonly consumer?: FunctionFacts & {
    /** Time for which Lambda collects messages before it invokes the consumer. */
    readonly windowSeconds: number;
    readonly batchSize: number;
    /** Largest number of concurrent invocations; undefined without a limit. */
    readonly maxConcurrency?: number;
  };
  /** Undefined without an API. */
  readonly api?: FunctionFacts;
  /** What of the deployment's metrics of alarms and of its dashboards belongs to the service. */
  readonly alarmMetrics: number;
  readonly dashboards: number;
}

export interface FunctionFacts {
  readonly memoryGb: number;
  readonly isArm: boolean;
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

export interface RelayFacts extends FunctionFacts {
  readonly windowSeconds: number;
  readonly batchSize: number;
}
