import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CustomResource, Duration } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import type { Names } from '../names.ts';
import type { Settings } from '../settings.ts';
import { createHelperFunction } from './helper-function.ts';

const HANDLER = readFileSync(join(import.meta.dirname, '../../functions/live-weights.cjs'), 'utf8');

export interface LiveWeightsProps {
  readonly service: ServiceName;
  readonly settings: Settings;
  readonly names: Names;
  readonly key: IKey | undefined;
  readonly listenerArn: string;
  readonly groups: readonly elbv2.ApplicationTargetGroup[];
  /** What the rule says besides the weights: a change of it reads the weights again. */
  readonly rule: { readonly paths: readonly string[]; readonly priority: number };
}

/**
 * The weights that the rule of a service has at the time at which CloudFormation writes it. ECS shifts requests by changing the
 * weights; CloudFormation knows only those of the template, and writes them whenever something else of the rule changes: with
 * fixed weights it would send all requests to the group without tasks.
 */
export function liveWeights(
  scope: Construct,
  { service, settings, names, key, listenerArn, groups, rule }: LiveWeightsProps,
): readonly unknown[] {
  const { helper, policy } = createHelperFunction(scope, 'LiveWeights', {
    functionName: names.of(`${service}-live-weights`),
    description: `Reads how the requests of ${service} are divided, when its listener rule is written`,
    settings,
    key,
    handler: 'index.handler',
    code: lambda.Code.fromInline(HANDLER),
    timeout: Duration.seconds(30),
    statements: [
      new iam.PolicyStatement({ actions: ['elasticloadbalancing:DescribeRules'], resources: ['*'] }),
    ],
  });
  acknowledge(policy, {
    'AwsSolutions-IAM5[Resource::*]':
      'Elastic Load Balancing supports no resources for DescribeRules; this function changes nothing',
  });
  const weights = new CustomResource(scope, 'Weights', {
    resourceType: 'Custom::LiveWeights',
    serviceToken: helper.functionArn,
    serviceTimeout: Duration.minutes(2),
    properties: {
      ListenerArn: listenerArn,
      TargetGroupArns: groups.map(({ targetGroupArn }) => targetGroupArn),
      Rule: rule,
    },
  });
  weights.node.addDependency(policy);
  return [weights.getAtt('First'), weights.getAtt('Second')];
}
