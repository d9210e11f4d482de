import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { EdgeStack } from '../edge.ts';
import type { Settings } from '../settings.ts';

export interface TrafficProps {
  readonly service: ServiceName;
  readonly settings: Settings;
  readonly edge: EdgeStack;
  readonly vpc: ec2.IVpc;
  readonly port: number;
}

/** Routing of requests to a service, and its deployment strategy. */
export interface Traffic {
  /** One, or two with canary deployments, which alternate between them. */
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  readonly deployment: Pick<
    ecs.FargateServiceProps,
    'healthCheckGracePeriod' | 'deploymentStrategy' | 'canaryConfiguration' | 'bakeTime'
  >;
  attach(service: ecs.FargateService): void;
}

/** Time for a new task to become ready: Cart is once it has received the catalog. */
const healthCheckGracePeriod = Duration.minutes(3);
const CANARY = { stepPercent: 10, stepBakeTime: Duration.minutes(5) };

/** Routes the paths of a service to its tasks. */
export function routeRequests(scope: Construct, props: TrafficProps): Traffic {
  const { service, settings, edge, port } = props;
  const { paths } = topology.services[service];
  // Imported by attributes, so that a context's listener rules are in its own stack.
  const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(scope, 'Listener', {
    listenerArn: edge.listener.listenerArn,
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(scope, 'Edge', edge.securityGroup.securityGroupId, {
      allowAllOutbound: false,
    }),
  });
  const rule = (action: elbv2.ListenerAction) =>
    new elbv2.ApplicationListenerRule(scope, 'Route', {
      listener,
      priority: 10 * (1 + serviceNames.indexOf(service)),
      conditions: [elbv2.ListenerCondition.pathPatterns(paths.flatMap((path) => [path, `${path}/*`]))],
      action,
    });

  const targetGroup = createTargetGroup(scope, 'Targets', props);
  const container = { containerName: service, containerPort: port };
  if (settings.deployment === 'rolling') {
    rule(elbv2.ListenerAction.forward([targetGroup]));
    return {
      targetGroups: [targetGroup],
      deployment: { healthCheckGracePeriod, deploymentStrategy: ecs.DeploymentStrategy.ROLLING },
      attach: (ecsService) => targetGroup.addTarget(ecsService.loadBalancerTarget(container)),
    };
  }

  const alternate = createTargetGroup(scope, 'AlternateTargets', props);
  const route = rule(
    // ECS rejects a canary deployment unless the rule has both groups from the beginning.
    elbv2.ListenerAction.weightedForward([
      { targetGroup, weight: 1 },
      { targetGroup: alternate, weight: 0 },
    ]),
  );
  const alternateTarget = new ecs.AlternateTarget('Alternate', {
    alternateTargetGroup: alternate,
    productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(route),
  });
  return {
    targetGroups: [targetGroup, alternate],
    deployment: {
      healthCheckGracePeriod,
      deploymentStrategy: ecs.DeploymentStrategy.CANARY,
      canaryConfiguration: CANARY,
      bakeTime: Duration.minutes(5),
    },
    attach: (ecsService) => {
      targetGroup.addTarget(ecsService.loadBalancerTarget({ ...container, alternateTarget }));
      acknowledge(ecsService, {
        'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/AmazonECSInfrastructureRolePolicyForLoadBalancers]':
          'ECS itself shifts the traffic of a canary, with this AWS managed policy',
      });
    },
  };
}

function createTargetGroup(
  scope: Construct,
  id: string,
  { vpc, port, settings }: TrafficProps,
): elbv2.ApplicationTargetGroup {
  return new elbv2.ApplicationTargetGroup(scope, id, {
    vpc,
    port,
    protocol: elbv2.ApplicationProtocol.HTTP,
    targetType: elbv2.TargetType.IP,
    ipAddressType:
      settings.egress === 'ipv6' ? elbv2.TargetGroupIpAddressType.IPV6 : elbv2.TargetGroupIpAddressType.IPV4,
    // Time for requests in flight; the task is stopped only afterwards.
    deregistrationDelay: Duration.seconds(30),
    loadBalancingAlgorithmType: elbv2.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
    healthCheck: {
      path: '/ready',
      interval: Duration.seconds(15),
      timeout: Duration.seconds(5),
      healthyThresholdCount: 2,
      // 75 s: new tasks do not help during a short outage of the table.
      unhealthyThresholdCount: 5,
    },
  });
}
