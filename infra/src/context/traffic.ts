import { Duration, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { EdgeStack } from '../edge.ts';
import { createRoute, createTargetGroup, importListener } from './routes.ts';
import { shiftTraffic, type ShiftProps, type Strategy } from './shifted-traffic.ts';

/** Routing of requests to a service, and its deployment strategy. */
export interface Traffic {
  /** One, or two between which the deployments shift the requests. */
  readonly targetGroups: readonly elbv2.ApplicationTargetGroup[];
  readonly deployment: Pick<ecs.FargateServiceProps, 'healthCheckGracePeriod'> & Strategy;
  attach(service: ecs.FargateService): void;
}

/** Time for a new task to become ready: Cart is once it has received the catalog. */
const healthCheckGracePeriod = Duration.minutes(3);

/** Replaces tasks one after the other: the strategy of every service without requests too. */
export const rolling: Strategy = {
  deploymentStrategy: ecs.DeploymentStrategy.ROLLING,
  circuitBreaker: { rollback: true },
};

/** Routes the paths of a service to its tasks. */
export function routeRequests(scope: Construct, props: ShiftProps): Traffic {
  const { service, settings, port } = props;
  const targetGroup = createTargetGroup(scope, 'Targets', props);
  const container = { containerName: service, containerPort: port };
  if (settings.deployment === 'rolling') {
    createRoute(
      scope,
      { service, listener: importListener(scope, props.edge) },
      elbv2.ListenerAction.forward([targetGroup]),
    );
    return {
      targetGroups: [targetGroup],
      deployment: { healthCheckGracePeriod, ...rolling },
      attach: (ecsService) => targetGroup.addTarget(ecsService.loadBalancerTarget(container)),
    };
  }
  const { strategy, alternateTarget, alternate, dependencies } = shiftTraffic(scope, {
    ...props,
    targetGroup,
    deployment: settings.deployment,
  });
  return {
    targetGroups: [targetGroup, alternate],
    deployment: { healthCheckGracePeriod, ...strategy },
    attach: (ecsService) => {
      targetGroup.addTarget(ecsService.loadBalancerTarget({ ...container, alternateTarget }));
      ecsService.node.addDependency(...dependencies);
      if (!strategy.circuitBreaker)
        acknowledge(ecsService, {
          'Annotation::@aws-cdk/aws-ecs:shouldUseCircuitBreaker':
            'AWS documents it for rolling and blue/green deployments alone; users stay with the old tasks until new ones have passed the test',
        });
    },
  };
}

/** Routes the paths of a service to a function. No health check, which would invoke it at rest. */
export function routeToFunction(
  scope: Construct,
  {
    service,
    edge,
    api,
  }: { readonly service: ServiceName; readonly edge: EdgeStack; readonly api: lambda.Function },
): elbv2.ApplicationTargetGroup {
  const { account, partition, region } = Stack.of(scope);
  // Before the target group, which must be able to invoke its target. Not the target of the CDK, which lets any load balancer in.
  const invoke = new lambda.CfnPermission(scope, 'Invocations', {
    action: 'lambda:InvokeFunction',
    functionName: api.functionArn,
    principal: 'elasticloadbalancing.amazonaws.com',
    sourceAccount: account,
    sourceArn: `arn:${partition}:elasticloadbalancing:${region}:${account}:targetgroup/*`,
  });
  const targetGroup = new elbv2.ApplicationTargetGroup(scope, 'Targets', {
    targetType: elbv2.TargetType.LAMBDA,
    multiValueHeadersEnabled: true,
    targets: [
      {
        attachToApplicationTargetGroup: () => ({
          targetType: elbv2.TargetType.LAMBDA,
          targetJson: { id: api.functionArn },
        }),
      },
    ],
    healthCheck: { enabled: false },
  });
  targetGroup.node.addDependency(invoke);
  createRoute(
    scope,
    { service, listener: importListener(scope, edge) },
    elbv2.ListenerAction.forward([targetGroup]),
  );
  return targetGroup;
}
