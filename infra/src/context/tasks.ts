import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { topology } from '@tandem/contracts/topology';
import type { Construct, IDependable } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { EdgeStack } from '../edge.ts';
import type { ObservedTraffic } from '../observability/traffic-metrics.ts';
import { metricsNamespace } from './environment.ts';
import { deploymentAlarms } from './deployment-alarms.ts';
import { capacityProviders, redeployWithStrategy, scale } from './scaling.ts';
import { CONTAINER_PORT, createTask, type TaskProps, taskSecurityGroup } from './service.ts';
import { rolling, routeRequests } from './traffic.ts';

export interface TasksProps extends TaskProps {
  readonly edge: EdgeStack;
  /** Directory of the bundle of the test of a deployment. */
  readonly testCode: string;
  /** Must exist before the service accepts writes. */
  readonly dependencies: readonly IDependable[];
}

/** A service that runs as tasks on Fargate. */
export interface Tasks {
  readonly service: ecs.FargateService;
  /** None for a service without paths, which runs behind no load balancer. */
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  readonly traffic: ObservedTraffic | undefined;
}

/** Creates the tasks of a service, with their scaling, behind the load balancer if it has paths. */
export function createTasks(scope: Construct, props: TasksProps): Tasks {
  const { service: name, settings, names, network, edge, dependencies } = props;
  const securityGroup = taskSecurityGroup(scope, props);
  const cluster = new ecs.Cluster(scope, 'Cluster', {
    vpc: network.vpc,
    clusterName: names.of(name),
    containerInsightsV2: settings.containerInsights
      ? ecs.ContainerInsights.ENABLED
      : ecs.ContainerInsights.DISABLED,
    enableFargateCapacityProviders: true,
  });
  acknowledge(cluster, {
    'AwsSolutions-ECS4':
      'optional by a setting: at $0.07 per metric it would cost more than the tasks, which are counted for free without it',
  });
  const routed =
    topology.services[name].paths.length > 0
      ? routeRequests(scope, { ...props, vpc: network.vpc, port: CONTAINER_PORT })
      : undefined;
  const targetGroups = routed?.targetGroups ?? [];
  const traffic = routed && {
    service: name,
    namespace: metricsNamespace(settings.namePrefix),
    loadBalancer: edge.loadBalancer.loadBalancerFullName,
    targetGroups: targetGroups.map(({ targetGroupFullName }) => targetGroupFullName),
  };
  const rollback = traffic && deploymentAlarms(scope, name, { names, traffic });
  const strategy = capacityProviders(settings);
  const task = createTask(scope, props);
  const service = new ecs.FargateService(scope, 'Service', {
    cluster,
    serviceName: names.of(name),
    taskDefinition: task,
    // No desired count: each deployment would reset it and undo the scaling.
    vpcSubnets: network.taskSubnets,
    securityGroups: [securityGroup],
    propagateTags: ecs.PropagatedTagSource.SERVICE,
    minHealthyPercent: 100,
    maxHealthyPercent: 200,
    ...(rollback && {
      deploymentAlarms: {
        alarmNames: rollback.alarmNames,
        behavior: ecs.AlarmBehavior.ROLLBACK_ON_ALARM,
      },
    }),
    ...(routed?.deployment ?? rolling),
    capacityProviderStrategies: strategy,
  });
  redeployWithStrategy(service, strategy);
  routed?.attach(service);
  // The alarms, the capacity providers of the cluster, and the permission to pull the image and to read secrets must exist before a
  // deployment starts.
  service.node.addDependency(
    cluster,
    task.obtainExecutionRole(),
    ...dependencies,
    ...(rollback?.alarms ?? []),
  );
  scale(service, { name, settings, names, targetGroups, traffic });
  return { service, targetGroups, traffic };
}
