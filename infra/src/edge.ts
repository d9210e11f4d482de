import { CfnOutput, Duration, Fn, Stack, type StackProps } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { CloudFrontTarget, LoadBalancerTarget } from 'aws-cdk-lib/aws-route53-targets';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { createRetainedBucket } from './bucket.ts';
import { createDistribution } from './distribution.ts';
import { createFirewall } from './firewall.ts';
import { ACCESS_LOGS, ACCESS_LOG_DAYS, type NetworkStack } from './network.ts';
import type { Settings } from './settings.ts';

/** Shorter than the keep-alive of the services, 65 s. */
const IDLE_TIMEOUT = Duration.seconds(60);

export interface EdgeProps extends StackProps {
  readonly settings: Settings;
  readonly network: NetworkStack;
}

/** Public load balancer, or a private one behind CloudFront. Each context adds a listener rule for its paths; other requests get 404. */
export class EdgeStack extends Stack {
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  readonly listener: elbv2.ApplicationListener;
  readonly securityGroup: ec2.SecurityGroup;
  /** Public base URL, for other stacks. */
  readonly url: string;
  /** Undefined without CloudFront. */
  readonly distributionId: string | undefined;

  constructor(scope: Construct, id: string, { settings, network, ...props }: EdgeProps) {
    super(scope, id, props);
    const { domain, egress, cloudFront } = settings;
    const zone =
      domain?.zone &&
      route53.HostedZone.fromHostedZoneAttributes(this, 'Zone', {
        hostedZoneId: domain.zone.id,
        zoneName: domain.zone.name,
      });

    this.securityGroup = createSecurityGroup(this, network.vpc, settings);
    this.loadBalancer = new elbv2.ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: network.vpc,
      internetFacing: !cloudFront,
      ...(cloudFront && { vpcSubnets: network.taskSubnets }),
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
      if (cloudFront)
        this.distributionId = this.distribute(cloudFront, {
          domainName: domain.name,
          certificate,
          settings,
          zone,
        });
      else this.redirectToHttps();
    } else {
      this.listener = this.loadBalancer.addListener('Requests', {
        port: 80,
        open: false,
        defaultAction: notFound(),
      });
    }

    if (domain && zone && !cloudFront) {
      const target = route53.RecordTarget.fromAlias(new LoadBalancerTarget(this.loadBalancer));
      new route53.ARecord(this, 'Alias', { zone, recordName: domain.name, target });
      if (egress === 'ipv6')
        new route53.AaaaRecord(this, 'AliasIpv6', { zone, recordName: domain.name, target });
    }
    if (settings.waf && !cloudFront) {
      const webAclArn = createFirewall(this, 'REGIONAL', settings.waf.requestsPerFiveMinutes);
      const resourceArn = this.loadBalancer.loadBalancerArn;
      new wafv2.CfnWebACLAssociation(this, 'FirewallAssociation', { resourceArn, webAclArn });
    }

    new CfnOutput(this, 'Url', {
      value: domain ? `https://${domain.name}` : `http://${this.loadBalancer.loadBalancerDnsName}`,
    });
    // By a weak reference, which does not bind this stack to its readers.
    this.url = domain ? `https://${domain.name}` : Fn.getStackOutput(this.stackName, 'Url');
  }

  private redirectToHttps(): void {
    const redirect = this.loadBalancer.addListener('Redirect', {
      port: 80,
      open: false,
      defaultAction: elbv2.ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });
    // When a domain is added later, the main listener must release port 80 first.
    redirect.node.addDependency(this.listener);
  }

  /** Puts CloudFront, which is the only one to reach it, in front of the load balancer; returns the id of the distribution. */
  private distribute(
    { certificateArn, webAclArn, priceClass }: NonNullable<Settings['cloudFront']>,
    { domainName, certificate, settings, zone }: DistributedDomain,
  ): string {
    const { waf } = settings;
    const distribution = createDistribution(this, {
      domainName,
      certificate: certificateArn
        ? acm.Certificate.fromCertificateArn(this, 'DistributionCertificate', certificateArn)
        : certificate,
      loadBalancer: this.loadBalancer,
      logs: createRetainedBucket(this, 'DistributionLogs', {
        expireAfterDays: ACCESS_LOG_DAYS,
        isForDistributionLogs: true,
      }),
      webAclArn: waf ? createFirewall(this, 'CLOUDFRONT', waf.requestsPerFiveMinutes) : webAclArn,
      priceClass,
    });
    if (zone) {
      const target = route53.RecordTarget.fromAlias(new CloudFrontTarget(distribution));
      new route53.ARecord(this, 'Alias', { zone, recordName: domainName, target });
      new route53.AaaaRecord(this, 'AliasIpv6', { zone, recordName: domainName, target });
    }
    return distribution.distributionId;
  }
}

interface DistributedDomain {
  readonly domainName: string;
  readonly certificate: acm.ICertificate;
  readonly settings: Settings;
  readonly zone: route53.IHostedZone | undefined;
}

function notFound(): elbv2.ListenerAction {
  const problem = { type: 'about:blank', title: 'Not Found', status: 404, detail: 'Route not found' };
  return elbv2.ListenerAction.fixedResponse(404, {
    contentType: 'application/json',
    messageBody: JSON.stringify(problem),
  });
}

/** Security group of the load balancer. Each context adds the egress to its tasks. */
function createSecurityGroup(
  stack: Stack,
  vpc: ec2.IVpc,
  { domain, egress, cloudFront }: Settings,
): ec2.SecurityGroup {
  const securityGroup = new ec2.SecurityGroup(stack, 'Public', {
    vpc,
    description: cloudFront ? 'The load balancer of CloudFront' : 'The public load balancer',
    allowAllOutbound: false,
  });
  if (cloudFront) {
    // One port: the list counts as 55 of the 60 rules that a security group may have.
    securityGroup.addIngressRule(ec2.Peer.prefixList(cloudFront.prefixListId), ec2.Port.HTTPS);
    return securityGroup;
  }
  for (const port of domain ? [443, 80] : [80]) {
    securityGroup.addIngressRule(ec2.Peer.anyIpv4(), ec2.Port.tcp(port));
    if (egress === 'ipv6') securityGroup.addIngressRule(ec2.Peer.anyIpv6(), ec2.Port.tcp(port));
  }
  acknowledge(securityGroup, {
    'AwsSolutions-EC23': 'a shop is public; tasks can only be reached through the load balancer',
  });
  return securityGroup;
}
