import { Duration } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import type { EdgeStack } from '../edge.ts';
import type { Settings } from '../settings.ts';

export interface TargetGroupProps {
  readonly settings: Settings;
  readonly vpc: ec2.IVpc;
  readonly port: number;
}

/** Patterns of the paths of a service. */
export const pathPatternsOf = (service: ServiceName): string[] =>
  topology.services[service].paths.flatMap((path) => [path, `${path}/*`]);

/** The listener, imported by attributes, so that a context's listener rules are in its own stack. */
export function importListener(scope: Construct, edge: EdgeStack): elbv2.IApplicationListener {
  return elbv2.ApplicationListener.fromApplicationListenerAttributes(scope, 'Listener', {
    listenerArn: edge.listener.listenerArn,
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(scope, 'Edge', edge.securityGroup.securityGroupId, {
      allowAllOutbound: false,
    }),
  });
}

/** Priority of the rule for the requests of a service, with room for one of its own before it. */
export const priorityOf = (service: ServiceName): number => 10 * (1 + serviceNames.indexOf(service));

/** Routes the paths of a service. */
export function createRoute(
  scope: Construct,
  { service, listener }: { readonly service: ServiceName; readonly listener: elbv2.IApplicationListener },
  action: elbv2.ListenerAction,
): elbv2.ApplicationListenerRule {
  return new elbv2.ApplicationListenerRule(scope, 'Route', {
    listener,
    priority: priorityOf(service),
    conditions: [elbv2.ListenerCondition.pathPatterns(pathPatternsOf(service))],
    action,
  });
}

/** A group of tasks, which gets requests once they are ready. */
export function createTargetGroup(
  scope: Construct,
  id: string,
  { vpc, port, settings }: TargetGroupProps,
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
