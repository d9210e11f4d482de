import { Fn, Stack, type StackProps } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
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

const DEFAULT_CIDR = '10.0.0.0/16';
/** Prefix of the load balancer's access logs in the bucket of logs. */
export const ACCESS_LOGS = 'access';
export const ACCESS_LOG_DAYS = 7;
const PUBLIC = { name: 'public', subnetType: ec2.SubnetType.PUBLIC, mapPublicIpOnLaunch: false };
const TASKS = 'tasks';

const ZONES = 2;

const taskSubnetTypes = {
  nat: ec2.SubnetType.PRIVATE_WITH_EGRESS,
  endpoints: ec2.SubnetType.PRIVATE_ISOLATED,
};

/** Network: two availability zones, each with a public subnet for the load balancer and a private one for tasks; or an existing VPC. */
export class NetworkStack extends Stack {
  readonly vpc: ec2.IVpc;
  readonly taskSubnets: ec2.SubnetSelection;
  /** Ids of the NAT gateways, which AWS generates. */
  readonly natGatewayIds: readonly string[];
  /** Bucket of the load balancer's access logs, and of flow logs of rejected connections. */
  readonly logs: s3.Bucket;
  private readonly cidr: string;

  constructor(scope: Construct, id: string, { settings, ...props }: StackProps & { settings: Settings }) {
    super(scope, id, props);
    const { egress } = settings;
    this.cidr = settings.cidr ?? DEFAULT_CIDR;
    this.logs = createRetainedBucket(this, 'Logs', {
      expireAfterDays: 90,
      // Access logs contain the ids of guests' carts, and an id alone grants access to its cart: they expire as soon as an
      // unused guest's cart.
      earlierExpiry: { prefix: ACCESS_LOGS, expireAfterDays: ACCESS_LOG_DAYS },
    });

    if (settings.vpc) {
      const { id: vpcId, availabilityZones, publicSubnets, taskSubnets } = settings.vpc;
      this.vpc = ec2.Vpc.fromVpcAttributes(this, 'OwnVpc', {
        vpcId,
        availabilityZones,
        publicSubnetIds: publicSubnets,
        privateSubnetIds: taskSubnets,
      });
      for (const subnet of [...this.vpc.publicSubnets, ...this.vpc.privateSubnets])
        acknowledge(subnet, {
          'Annotation::@aws-cdk/aws-ec2:noSubnetRouteTableId': 'no route is added to a VPC of your own',
        });
      this.taskSubnets = { subnets: this.vpc.privateSubnets };
      this.natGatewayIds = [];
      return;
    }
    const ipAddresses = ec2.IpAddresses.cidr(this.cidr);
    const common = { maxAzs: ZONES, ipAddresses, restrictDefaultSecurityGroup: false };
    if (egress === 'ipv6') {
      const vpc = new ec2.Vpc(this, 'Vpc', {
        ...common,
        natGateways: 0,
        ipProtocol: ec2.IpProtocol.DUAL_STACK,
        subnetConfiguration: [PUBLIC],
      });
      this.vpc = vpc;
      this.taskSubnets = { subnets: this.ipv6Subnets(vpc) };
    } else {
      this.vpc = new ec2.Vpc(this, 'Vpc', {
        ...common,
        natGateways: egress === 'nat' ? settings.natGateways : 0,
        subnetConfiguration: [PUBLIC, { name: TASKS, subnetType: taskSubnetTypes[egress] }],
      });
      this.taskSubnets = { subnetGroupName: TASKS };
      // Gateway endpoints are free, and keep the traffic of image layers and tables off the NAT gateway.
      this.vpc.addGatewayEndpoint('DynamoDb', { service: ec2.GatewayVpcEndpointAwsService.DYNAMODB });
      this.vpc.addGatewayEndpoint('S3', { service: ec2.GatewayVpcEndpointAwsService.S3 });
    }
    if (egress === 'endpoints') this.addInterfaceEndpoints();

    this.natGatewayIds = this.vpc.node
      .findAll()
      .flatMap((it) => (it instanceof ec2.CfnNatGateway ? [it.attrNatGatewayId] : []));

    this.vpc.addFlowLog('Refused', {
      destination: ec2.FlowLogDestination.toS3(this.logs, 'refused-connections'),
      trafficType: ec2.FlowLogTrafficType.REJECT,
    });
  }

  /** Zones of the region, filled in at deployment: with an account, the CDK would ask that account while it synthesizes. */
  override get availabilityZones(): string[] {
    return Array.from({ length: ZONES }, (_, i) => Fn.select(i, Fn.getAzs()));
  }

  private addInterfaceEndpoints(): void {
    const securityGroup = new ec2.SecurityGroup(this, 'Endpoints', {
      vpc: this.vpc,
      description: 'Interface endpoints: HTTPS from inside the VPC',
      allowAllOutbound: false,
    });
    securityGroup.addIngressRule(ec2.Peer.ipv4(this.cidr), ec2.Port.HTTPS);
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
  private ipv6Subnets(vpc: ec2.Vpc): ec2.ISubnet[] {
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
