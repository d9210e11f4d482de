import { Stack, type StackProps } from 'aws-cdk-lib';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { EdgeStack } from '../edge.ts';
import { namesIn } from '../names.ts';
import type { NetworkStack } from '../network.ts';
import type { Settings } from '../settings.ts';
import type { ObservedTraffic } from '../observability/traffic-metrics.ts';
import { deploymentAlarms } from './deployment-alarms.ts';
import { createQueues } from './queues.ts';
import { createRelay, type Relay } from './relay.ts';
import { capacityProviders, redeployWithStrategy, scale } from './scaling.ts';
import { CONTAINER_PORT, createTask, taskSecurityGroup } from './service.ts';
import { routeRequests } from './traffic.ts';
import { createTable } from './table.ts';

export interface ContextProps extends StackProps {
  readonly service: ServiceName;
  readonly settings: Settings;
  readonly network: NetworkStack;
  readonly edge: EdgeStack;
  readonly key: IKey | undefined;
  /** Directory of the relay's bundle. */
  readonly relayCode: string;
  /** Directory of the Dockerfile. */
  readonly sources: string;
}

/** Bounded context: its table and outbox relay, if it has them, the queues that it consumes, and its service. */
export class ContextStack extends Stack {
  readonly table: TableV2 | undefined;
  readonly queues: readonly Queue[];
  readonly relay: Relay | undefined;
  readonly service: ecs.FargateService;
  /** None for a service without paths, which runs behind no load balancer. */
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  readonly traffic: ObservedTraffic | undefined;

  constructor(scope: Construct, id: string, { service, relayCode, ...props }: ContextProps) {
    super(scope, id, props);
    const { settings, edge, network, key } = props;
    const names = namesIn(this, settings.namePrefix);
    const { paths, table } = topology.services[service];

    this.table = table && createTable(this, table, { settings, key });
    this.queues = createQueues(this, service, { names, key });
    this.relay =
      this.table && topology.relays[service]
        ? createRelay(this, { service, table: this.table, code: relayCode, settings, names, key })
        : undefined;

    const task = { ...props, service, names };
    const securityGroup = taskSecurityGroup(this, task);
    const cluster = new ecs.Cluster(this, 'Cluster', {
      vpc: network.vpc,
      clusterName: names.of(service),
      containerInsightsV2: settings.containerInsights
        ? ecs.ContainerInsights.ENABLED
        : ecs.ContainerInsights.DISABLED,
      enableFargateCapacityProviders: true,
    });
    acknowledge(cluster, {
      'AwsSolutions-ECS4':
        'optional by a setting: at $0.07 per metric it would cost more than the tasks, which are counted for free without it',
    });
    const traffic =
      paths.length > 0
        ? routeRequests(this, { service, settings, edge, vpc: network.vpc, port: CONTAINER_PORT })
        : undefined;
    this.targetGroups = traffic?.targetGroups ?? [];
    this.traffic = traffic && {
      loadBalancer: edge.loadBalancer.loadBalancerFullName,
      targetGroups: traffic.targetGroups.map(({ targetGroupFullName }) => targetGroupFullName),
    };
    const rollback = this.traffic && deploymentAlarms(this, service, { names, traffic: this.traffic });
    const strategy = capacityProviders(settings);
    this.service = new ecs.FargateService(this, 'Service', {
      cluster,
      serviceName: names.of(service),
      taskDefinition: createTask(this, task),
      // No desired count: each deployment would reset it and undo the scaling.
      vpcSubnets: network.taskSubnets,
      securityGroups: [securityGroup],
      propagateTags: ecs.PropagatedTagSource.SERVICE,
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      ...(rollback && {
        deploymentAlarms: {
          alarmNames: rollback.alarmNames,
          behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM,
        },
      }),
      ...(traffic?.deployment ?? { deploymentStrategy: ecs.DeploymentStrategy.ROLLING }),
      capacityProviderStrategies: strategy,
    });
    redeployWithStrategy(this.service, strategy);
    traffic?.attach(this.service);
    // The relay must exist before the service accepts writes, and the alarms and the capacity providers of the cluster before
    // a deployment starts.
    const relay = this.relay ? [this.relay.mapping] : [];
    this.service.node.addDependency(cluster, ...relay, ...this.queues, ...(rollback?.alarms ?? []));
    const { queues, targetGroups } = this;
    scale(this.service, { name: service, settings, queues, targetGroups, traffic: this.traffic });
  }
}
