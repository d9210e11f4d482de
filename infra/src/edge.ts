import { CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { ACCESS_LOGS, type NetworkStack } from './network.ts';
import type { Settings } from './settings.ts';

/** Shorter than the keep-alive of the services, 65 s. */
const IDLE_TIMEOUT = Duration.seconds(60);

export interface EdgeProps extends StackProps {
  readonly settings: Settings;
  readonly network: NetworkStack;
}

/** Public load balancer. Each context adds a listener rule for its paths; other requests get 404. */
export class EdgeStack extends Stack {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly listener: elbv2.ApplicationListener;
  readonly securityGroup: ec2.SecurityGroup;

  constructor(scope: Construct, id: string, { settings, network, ...props }: EdgeProps) {
    super(scope, id, props);
    const { domain, egress } = settings;
    const zone =
      domain?.zone &&
      route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: domain.zone.id,
        zoneName: domain.zone.name,
      });

    const ports = domain ? [443, 80] : [80];
    this.securityGroup = openSecurityGroup(this, network.vpc, ports, egress === 'ipv6');
    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      internetFacing: true,
      ipAddressType: egress === 'ipv6' ? elbv2.IpAddressType.DUAL_STACK : elbv2.IpAddressType.IPV4,
      securityGroup: this.securityGroup,
      deletionProtection: true,
      dropInvalidHeaderFields: true,
      idleTimeout: IDLE_TIMEOUT,
    });
    this.loadBalancer.logAccessLogs(network.logs, ACCESS_LOGS);

    if (domain) {
      const certificate = domain.certificateArn
        ? acm.Certificate.fromCertificateArn(this, 'Certificate', domain.certificateArn)
        : new acm.Certificate(this, 'Certificate', {
            domainName: domain.name,
            validation: acm.CertificateValidation.fromDns(zone),
          });
      this.listener = this.loadBalancer.addListener('Requests', {
        port: 443,
        open: false,
        certificates: [certificate],
        sslPolicy: elbv2.SslPolicy.RECOMMENDED_TLS,
        defaultAction: notFound(),
      });
      const redirect = this.loadBalancer.addListener('Redirect', {
        port: 80,
        open: false,
        defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
      });
      // When a domain is added later, the main listener must release port 80 first.
      redirect.node.addDependency(this.listener);
    } else {
      this.listener = this.loadBalancer.addListener('Requests', {
        port: 80,
        open: false,
        defaultAction: notFound(),
      });
    }

    if (domain && zone) {
      const target = route53.RecordTarget.fromAlias(new LoadBalancerTarget(this.loadBalancer));
      new route53.ARecord(this, 'Alias', { zone, recordName: domain.name, target });
      if (egress === 'ipv6')
        new route53.AaaaRecord(this, 'AliasIpv6', { zone, recordName: domain.name, target });
    }
    if (settings.waf) limitRates(this, this.loadBalancer, settings.waf.requestsPerFiveMinutes);

    new CfnOutput(this, 'Url', {
      value: domain ? `https://${domain.name}` : `http://${this.loadBalancer.loadBalancerDnsName}`,
    });
  }
}

function notFound(): elbv2.ListenerAction {
  const problem = { type: 'about:blank', title: 'Not Found', status: 404, detail: 'Route not found' };
  return elbv2.ListenerAction.fixedResponse(404, {
    contentType: 'application/json',
    messageBody: JSON.stringify(problem),
  });
}

/** Security group with public ingress at these ports. Each context adds the egress to its tasks. */
function openSecurityGroup(
  stack: Stack,
  vpc: ec2.IVpc,
  ports: readonly number[],
  isDualStack: boolean,
): ec2.SecurityGroup {
  const securityGroup = new ec2.SecurityGroup(stack, 'Public', {
    vpc,
    description: 'The public load balancer',
    allowAllOutbound: false,
  });
  for (const port of ports) {
    securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port));
    if (isDualStack) securityGroup.addIngressRule(ec2.Peer.anyIpv6(), ec2.Port.tcp(port));
  }
  acknowledge(securityGroup, {
    'AwsSolutions-EC23': 'a shop is public; tasks can only be reached through the load balancer',
  });
  return securityGroup;
}

function limitRates(stack: Stack, loadBalancer: elbv2.ApplicationLoadBalancer, limit: number): void {
  const visibilityConfig = {
    cloudWatchMetricsEnabled: true,
    metricName: `${stack.stackName}-rate`,
    sampledRequestsEnabled: true,
  };
  const acl = new wafv2.CfnWebACL(stack, 'Firewall', {
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig,
    rules: [
      {
        name: 'rate',
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit, evaluationWindowSec: 300 } },
        visibilityConfig,
      },
    ],
  });
  new wafv2.CfnWebACLAssociation(stack, 'FirewallAssociation', {
    resourceArn: loadBalancer.loadBalancerArn,
    webAclArn: acl.attrArn,
  });
}
