import { Aws, Duration, Fn } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct, IDependable } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { EdgeStack } from '../edge.ts';
import type { Settings } from '../settings.ts';
import { createDeploymentTest, type DeploymentTestProps, TEST_HEADER } from './deployment-test.ts';
import { liveWeights } from './live-weights.ts';
import {
  createRoute,
  importListener,
  createTargetGroup,
  pathPatternsOf,
  priorityOf,
  type TargetGroupProps,
} from './routes.ts';

/** A strategy that starts new tasks beside the old ones, and shifts the requests. */
export type ShiftingDeployment = Exclude<Settings['deployment'], 'rolling'>;

/** What ECS knows of a strategy. */
export type Strategy = Pick<
  ecs.FargateServiceProps,
  | 'deploymentStrategy'
  | 'circuitBreaker'
  | 'linearConfiguration'
  | 'canaryConfiguration'
  | 'bakeTime'
  | 'lifecycleHooks'
>;

/** While the old tasks are kept, an alarm shifts all requests back at once. */
const BAKE_TIME = Duration.minutes(5);

/** AWS documents the circuit breaker for rolling and blue/green deployments alone (decision 072). */
const strategies: Readonly<Record<ShiftingDeployment, Strategy>> = {
  blueGreen: {
    deploymentStrategy: ecs.DeploymentStrategy.BLUE_GREEN,
    circuitBreaker: { rollback: true },
  },
  linear: {
    deploymentStrategy: ecs.DeploymentStrategy.LINEAR,
    linearConfiguration: { stepPercent: 20, stepBakeTime: Duration.minutes(3) },
  },
  canary: {
    deploymentStrategy: ecs.DeploymentStrategy.CANARY,
    canaryConfiguration: { stepPercent: 10, stepBakeTime: Duration.minutes(5) },
  },
};

export interface ShiftProps extends TargetGroupProps, Omit<DeploymentTestProps, 'headerValue'> {
  readonly service: ServiceName;
  readonly edge: EdgeStack;
}

/**
 * Routes the paths of a service to two target groups: ECS starts the tasks of a new version in the one without requests, tests
 * them by the rule for test traffic, and then shifts the requests.
 */
export function shiftTraffic(
  scope: Construct,
  props: ShiftProps & {
    readonly targetGroup: elbv2.ApplicationTargetGroup;
    readonly deployment: ShiftingDeployment;
  },
) {
  const { service, edge, targetGroup, deployment } = props;
  const alternate = createTargetGroup(scope, 'AlternateTargets', props);
  const groups = [targetGroup, alternate] as const;
  const forward = () =>
    // ECS rejects a canary deployment unless the rule has both groups from the beginning.
    elbv2.ListenerAction.weightedForward([
      { targetGroup, weight: 1 },
      { targetGroup: alternate, weight: 0 },
    ]);
  const listener = importListener(scope, edge);
  const route = createRoute(scope, { service, listener }, forward());
  const conditions = { paths: pathPatternsOf(service), priority: priorityOf(service) };
  const weights = liveWeights(scope, {
    ...props,
    listenerArn: edge.listener.listenerArn,
    groups,
    rule: conditions,
  });
  const cfnRoute = route.node.defaultChild as elbv2.CfnListenerRule;
  groups.forEach((_, i) =>
    cfnRoute.addPropertyOverride(`Actions.0.ForwardConfig.TargetGroups.${i}.Weight`, weights[i]),
  );

  // Unguessable, and known to whoever may read the stack: an outsider gets the responses of a new version no earlier than others.
  const headerValue = Fn.select(2, Fn.split('/', Aws.STACK_ID));
  const testRoute = new elbv2.ApplicationListenerRule(scope, 'TestRoute', {
    listener,
    priority: conditions.priority - 5,
    conditions: [
      elbv2.ListenerCondition.pathPatterns(conditions.paths),
      elbv2.ListenerCondition.httpHeader(TEST_HEADER, [headerValue]),
    ],
    action: forward(),
  });
  const { role, policy } = createShiftRole(scope, [route, testRoute], groups);
  const { hook, policies } = createDeploymentTest(scope, { ...props, headerValue });
  const alternateTarget = new ecs.AlternateTarget('Alternate', {
    alternateTargetGroup: alternate,
    productionListener: ecs.ListenerRuleConfiguration.applicationListenerRule(route),
    testListener: ecs.ListenerRuleConfiguration.applicationListenerRule(testRoute),
    role,
  });
  const dependencies: IDependable[] = [policy, ...policies];
  const strategy: Strategy = { ...strategies[deployment], bakeTime: BAKE_TIME, lifecycleHooks: [hook] };
  return { alternate, alternateTarget, strategy, dependencies };
}

/**
 * The role with which ECS shifts requests: what AWS's managed policy AmazonECSInfrastructureRolePolicyForLoadBalancers allows for all
 * load balancers of the account, for these two rules and target groups.
 */
function createShiftRole(
  scope: Construct,
  rules: readonly elbv2.ApplicationListenerRule[],
  groups: readonly elbv2.ApplicationTargetGroup[],
) {
  const role = new iam.Role(scope, 'ShiftRole', { assumedBy: new iam.ServicePrincipal('ecs.amazonaws.com') });
  const actions = (...names: string[]) => names.map((name) => `elasticloadbalancing:${name}`);
  const policy = new iam.Policy(scope, 'ShiftGrants', {
    roles: [role],
    statements: [
      new iam.PolicyStatement({
        actions: actions(
          'DescribeListeners',
          'DescribeRules',
          'DescribeTargetGroups',
          'DescribeTargetHealth',
        ),
        resources: ['*'],
      }),
      new iam.PolicyStatement({
        actions: actions('ModifyRule'),
        resources: rules.map(({ listenerRuleArn }) => listenerRuleArn),
      }),
      new iam.PolicyStatement({
        actions: actions('RegisterTargets', 'DeregisterTargets'),
        resources: groups.map(({ targetGroupArn }) => targetGroupArn),
      }),
    ],
  });
  acknowledge(policy, {
    'AwsSolutions-IAM5[Resource::*]':
      'Elastic Load Balancing supports no resources for its Describe actions; what changes something is limited to two rules and two target groups',
  });
  return { role, policy };
}
