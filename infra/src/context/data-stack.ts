import { CfnOutput, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RunsAs } from '@tandem/contracts/topology-types';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { createRetainedBucket } from '../bucket.ts';
import { namesIn } from '../names.ts';
import type { Settings } from '../settings.ts';
import { createFailureQueue, createQueues } from './queues.ts';
import { createTable } from './table.ts';

export interface DataProps extends StackProps {
  readonly service: ServiceName;
  readonly runsAs: RunsAs;
  readonly settings: Settings;
  readonly key: IKey | undefined;
}

/** What a relay reads, and where it leaves what it could not publish: outputs of the stack, which other stacks read when they are deployed. */
export interface Outbox {
  readonly streamArn: string;
  readonly failuresArn: string;
}

/** Less than the 30 days for which Product keeps reservations: an older change, published again, would hold stock forever. */
const FAILURE_RETENTION_DAYS = 29;

/**
 * The data of a bounded context: its table, the queues that it consumes with their subscriptions, and what could not be published.
 * They are retained, so that their names stay in use: apart from the service, whose stack can fail, be destroyed and be
 * deployed again.
 */
export class DataStack extends Stack {
  /** Undefined for a service that publishes no events. */
  readonly outbox: Outbox | undefined;

  constructor(scope: Construct, id: string, { service, runsAs, settings, key, ...props }: DataProps) {
    super(scope, id, { ...props, terminationProtection: true });
    const names = namesIn(this, settings.namePrefix);
    const { table: tableName } = topology.services[service];
    const relay = topology.relays[service];

    const queues = createQueues(this, service, { names, key, runsAs });
    if (relay) queues.push(createFailureQueue(this, relay.parkingQueue, { names, key }));
    const failures =
      relay && createRetainedBucket(this, 'RelayFailures', { expireAfterDays: FAILURE_RETENTION_DAYS });
    const table = tableName && createTable(this, tableName, { settings, key, runsAs });
    // Last: of all that is created, only a table outlives the rollback of a first deployment.
    table?.node.addDependency(...queues, ...(failures ? [failures] : []));

    if (!table?.tableStreamArn || !failures) return;
    this.outbox = {
      streamArn: this.output('StreamArn', table.tableStreamArn),
      failuresArn: this.output('FailuresArn', failures.bucketArn),
    };
  }

  /** No export: it could not change while the relay imports it, and a table that was restored has another stream. */
  private output(id: string, value: string): string {
    const { logicalId } = new CfnOutput(this, id, { value });
    return Fn.getStackOutput(this.stackName, this.resolve(logicalId) as string);
  }
}
