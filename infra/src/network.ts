import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { createRetainedBucket } from './bucket.ts';
import type { Settings } from './settings.ts';

/** AWS services that tasks call through interface endpoints, without internet access. */
const interfaceEndpoints = {
  EcrApi: ec2.InterfaceVpcEndpointAwsService.ECR,
  EcrDocker: ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
  Logs: ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
  Sqs: ec2.InterfaceVpcEndpointAwsService.SQS,
  Sns: ec2.InterfaceVpcEndpointAwsService.SNS,
};

const VPC_CIDR = '10.0.0.0/16';
/** Prefix of the load balancer's access logs in the bucket of logs. */
export const ACCESS_LOGS = 'access';
const PUBLIC = { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false };
const TASKS = 'tasks';

const ipv4Layouts = {
  nat: { subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS, natGateways: 1 },
  endpoints: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED, natGateways: 0 },
};

/** Network: two availability zones, each with a public subnet for the load balancer and a private one for tasks. */
export class NetworkStack extends Stack {
  readonly vpc: ec2.Vpc;
  readonly taskSubnets: ec2.SubnetSelection;
  /** Bucket of the load balancer's access logs, and of flow logs of rejected connections. */
  readonly logs: s3.Bucket;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const { egress } = settings;
    this.logs = createRetainedBucket(this, 'Logs', {
      expireAfterDays: 90,
      // Access logs contain the ids of guests' carts, and an id alone grants access to its cart: they expire as soon as an
      // unused guest's cart.
      earlierExpiry: { prefix: ACCESS_LOGS, expireAfterDays: 7 },
    });

    if (egress === 'ipv6') {
      this.vpc = new ec2.Vpc(this, 'Vpc', {
        maxAzs: 2,
        ipAddresses: ec2.IpAddresses.cidr(VPC_CIDR),
        natGateways: 0,
        ipProtocol: ec2.IpProtocol.DUAL_STACK,
        subnetConfiguration: [PUBLIC],
        restrictDefaultSecurityGroup: false,
      });
      this.taskSubnets = { subnets: this.ipv6Subnets() };
    } else {
      const { natGateways, subnetType } = ipv4Layouts[egress];
      this.vpc = new ec2.Vpc(this, 'Vpc', {
        maxAzs: 2,
        ipAddresses: ec2.IpAddresses.cidr(VPC_CIDR),
        natGateways,
        subnetConfiguration: [PUBLIC, { name: TASKS, subnetType }],
        restrictDefaultSecurityGroup: false,
      });
      this.taskSubnets = { subnetGroupName: TASKS };
      // Gateway endpoints are free, and keep the traffic of image layers and tables off the NAT gateway.
      this.vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
      this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    }
    if (egress === 'endpoints') this.addInterfaceEndpoints();

    this.vpc.addFlowLog('Refused', {
      destination: ec2.FlowLogDestination.toS3(this.logs, 'refused-connections'),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
  }

  private addInterfaceEndpoints(): void {
    const securityGroup = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Interface endpoints: HTTPS from inside the VPC',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.ipv4(VPC_CIDR), ec2.Port.HTTPS);
    for (const [id, service] of Object.entries(interfaceEndpoints)) {
      this.vpc.addInterfaceEndpoint(id, {
        service,
        subnets: this.taskSubnets,
        securityGroups: [securityGroup],
        open: false,
      });
    }
  }

  /**
   * IPv6-only subnets, which the VPC construct does not support: in dual-stack subnets Fargate would call the registry's IPv4
   * address, which cannot be reached.
   */
  private ipv6Subnets(): ec2.ISubnet[] {
    const { vpc } = this;
    const gateway = new ec2.CfnEgressOnlyInternetGateway(this, 'EgressOnly', { vpcId: vpc.vpcId });
    const vpcBlock = Fn.select(0, vpc.vpcIpv6CidrBlocks);
    const { length: publicSubnets } = vpc.publicSubnets;
    return vpc.availabilityZones.map((availabilityZone, i) => {
      const subnet = new ec2.CfnSubnet(this, `Tasks${i}`, {
        vpcId: vpc.vpcId,
        availabilityZone,
        ipv6Native: true,
        assignIpv6AddressOnCreation: true,
        ipv6CidrBlock: Fn.select(publicSubnets + i, Fn.cidr(vpcBlock, 2 * publicSubnets, '64')),
      });
      // The VPC has no IPv6 addresses until its block is associated.
      subnet.node.addDependency(vpc);
      const table = new ec2.CfnRouteTable(this, `TasksRoutes${i}`, { vpcId: vpc.vpcId });
      new ec2.CfnRoute(this, `TasksOut${i}`, {
        routeTableId: table.ref,
        destinationIpv6CidrBlock: '::/0',
        egressOnlyInternetGatewayId: gateway.ref,
      });
      new ec2.CfnSubnetRouteTableAssociation(this, `TasksTable${i}`, {
        subnetId: subnet.ref,
        routeTableId: table.ref,
      });
      return ec2.Subnet.fromSubnetAttributes(this, `TaskSubnet${i}`, {
        subnetId: subnet.ref,
        availabilityZone,
        routeTableId: table.ref,
      });
    });
  }
}
