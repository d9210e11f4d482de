import { Stack, type StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RunsAs } from '@tandem/contracts/topology-types';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { EdgeStack } from '../edge.ts';
import { namesIn } from '../names.ts';
import type { NetworkStack } from '../network.ts';
import type { Settings } from '../settings.ts';
import type { ObservedTraffic } from '../observability/traffic-metrics.ts';
import type { Outbox } from './data-stack.ts';
import { createFunctions, type Functions } from './functions.ts';
import { createRelay, type Relay } from './relay.ts';
import { createTasks, type Tasks } from './tasks.ts';

export interface ContextProps extends StackProps {
  readonly service: ServiceName;
  readonly runsAs: RunsAs;
  readonly settings: Settings;
  readonly network: NetworkStack;
  readonly edge: EdgeStack;
  readonly key: IKey | undefined;
  readonly outbox: Outbox | undefined;
  /** Directory of the relay's bundle. */
  readonly relayCode: string;
  /** Directory of the bundle of a service that runs as functions. */
  readonly functionCode: string;
  /** Directory of the bundle of the test of a deployment. */
  readonly testCode: string;
  /** Directory of the Dockerfile. */
  readonly sources: string;
}

/** What runs of a bounded context: its service, and the relay of its outbox if it has one. It keeps nothing, so that it can be destroyed and deployed again. */
export class ContextStack extends Stack {
  readonly relay: Relay | undefined;
  /** Undefined if the service runs as functions. */
  readonly tasks: Tasks | undefined;
  /** Undefined if the service runs as tasks. */
  readonly functions: Functions | undefined;
  /** None for a service without paths. */
  readonly traffic: ObservedTraffic | undefined;

  constructor(
    scope: Construct,
    id: string,
    { service, runsAs, outbox, relayCode, functionCode, ...props }: ContextProps,
  ) {
    super(scope, id, props);
    const { settings, key } = props;
    const names = namesIn(this, settings.namePrefix);
    this.relay = outbox && createRelay(this, { service, outbox, code: relayCode, settings, names, key });
    // The relay must exist before the service accepts writes.
    const dependencies = this.relay ? [this.relay.mapping] : [];
    const common = { ...props, service, names, dependencies };
    if (runsAs === 'function') this.functions = createFunctions(this, { ...common, code: functionCode });
    else this.tasks = createTasks(this, common);
    this.traffic = (this.functions ?? this.tasks)?.traffic;
  }
}
