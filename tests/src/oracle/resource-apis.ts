import { randomUUID } from 'node:crypto';
import type { Call } from './aws-calls.ts';

export type Properties = Readonly<Record<string, unknown>>;

/** What a created resource is referred to by: the value of `Ref`, and its attributes. */
export type Created = Readonly<Record<string, string>> & { readonly Ref: string };

/** How a type of resource is created by the API of its service, and read back. */
export interface ResourceApi {
  readonly create: (call: Call, properties: Properties) => Promise<Created>;
  /** Reads properties back, in the form of CloudFormation. None for a type that others only refer to. */
  readonly read?: (call: Call, created: Created, properties: Properties) => Promise<Properties | undefined>;
}

const only = <T>(found: readonly T[] | undefined): T | undefined => found?.[0];

const ec2 = <R>(call: Call, operation: string, params: Properties) => call<R>('ec2', operation, params);

/** A rule of a security group; `peer` is the property that names the other group. */
function securityRule(direction: 'Ingress' | 'Egress', peer: string): ResourceApi {
  return {
    async create(call, { GroupId, IpProtocol, FromPort, ToPort, Description, [peer]: other }) {
      const permission = {
        IpProtocol,
        FromPort,
        ToPort,
        UserIdGroupPairs: [{ GroupId: other, Description }],
      };
      await ec2(call, `AuthorizeSecurityGroup${direction}`, { GroupId, IpPermissions: [permission] });
      return { Ref: String(GroupId), Peer: String(other) };
    },
    async read(call, { Ref, Peer }) {
      const { SecurityGroups } = await ec2<{ SecurityGroups: readonly Properties[] }>(
        call,
        'DescribeSecurityGroups',
        {
          GroupIds: [Ref],
        },
      );
      const key = direction === 'Ingress' ? 'IpPermissions' : 'IpPermissionsEgress';
      type Permission = Properties & {
        UserIdGroupPairs: readonly { GroupId: string; Description?: string }[];
      };
      const permissions = (only(SecurityGroups)?.[key] ?? []) as readonly Permission[];
      for (const { UserIdGroupPairs, ...permission } of permissions) {
        const pair = UserIdGroupPairs.find(({ GroupId }) => GroupId === Peer);
        if (pair) return { ...permission, GroupId: Ref, [peer]: Peer, Description: pair.Description };
      }
      return undefined;
    },
  };
}

const alarm: ResourceApi = {
  async create(call, { Tags: _, ...properties }) {
    const { AlarmName = randomUUID() } = properties;
    await call('cloudwatch', 'PutMetricAlarm', { ...properties, AlarmName });
    return { Ref: String(AlarmName) };
  },
  async read(call, { Ref }) {
    const { MetricAlarms } = await call<{ MetricAlarms: readonly Properties[] }>(
      'cloudwatch',
      'DescribeAlarms',
      {
        AlarmNames: [Ref],
      },
    );
    return only(MetricAlarms);
  },
};

/** The types that the first emulator lacks, and those that they refer to. */
export const resourceApis: Readonly<Record<string, ResourceApi>> = {
  'AWS::EC2::VPC': {
    async create(call, { CidrBlock }) {
      const { Vpc } = await ec2<{ Vpc: { VpcId: string } }>(call, 'CreateVpc', { CidrBlock });
      return { Ref: Vpc.VpcId, VpcId: Vpc.VpcId };
    },
  },
  'AWS::EC2::Subnet': {
    async create(call, { VpcId, CidrBlock, AvailabilityZone }) {
      const params = { VpcId, CidrBlock, AvailabilityZone };
      const { Subnet } = await ec2<{ Subnet: { SubnetId: string } }>(call, 'CreateSubnet', params);
      return { Ref: Subnet.SubnetId };
    },
  },
  'AWS::EC2::SecurityGroup': {
    async create(call, { VpcId, GroupDescription }) {
      const params = { VpcId, Description: GroupDescription, GroupName: randomUUID() };
      const { GroupId } = await ec2<{ GroupId: string }>(call, 'CreateSecurityGroup', params);
      return { Ref: GroupId, GroupId };
    },
  },
  'AWS::EC2::RouteTable': {
    async create(call, { VpcId }) {
      const { RouteTable } = await ec2<{ RouteTable: { RouteTableId: string } }>(call, 'CreateRouteTable', {
        VpcId,
      });
      return { Ref: RouteTable.RouteTableId, RouteTableId: RouteTable.RouteTableId };
    },
  },
  'AWS::EC2::EIP': {
    async create(call, { Domain }) {
      const { AllocationId } = await ec2<{ AllocationId: string }>(call, 'AllocateAddress', { Domain });
      return { Ref: AllocationId, AllocationId };
    },
    async read(call, { AllocationId }) {
      const params = { AllocationIds: [AllocationId] };
      return only(
        (await ec2<{ Addresses: readonly Properties[] }>(call, 'DescribeAddresses', params)).Addresses,
      );
    },
  },
  'AWS::EC2::NatGateway': {
    async create(call, { SubnetId, AllocationId }) {
      const params = { SubnetId, AllocationId };
      const { NatGateway } = await ec2<{ NatGateway: { NatGatewayId: string } }>(
        call,
        'CreateNatGateway',
        params,
      );
      return { Ref: NatGateway.NatGatewayId, NatGatewayId: NatGateway.NatGatewayId };
    },
    async read(call, { Ref }) {
      type Gateway = Properties & { NatGatewayAddresses: readonly Properties[] };
      const params = { NatGatewayIds: [Ref] };
      const { NatGateways } = await ec2<{ NatGateways: readonly Gateway[] }>(
        call,
        'DescribeNatGateways',
        params,
      );
      const gateway = only(NatGateways);
      return gateway && { ...gateway, AllocationId: only(gateway.NatGatewayAddresses)?.['AllocationId'] };
    },
  },
  'AWS::EC2::Route': {
    async create(call, properties) {
      await ec2(call, 'CreateRoute', properties);
      return { Ref: String(properties['RouteTableId']) };
    },
    async read(call, { Ref }, { DestinationCidrBlock }) {
      type Table = { Routes: readonly Properties[] };
      const params = { RouteTableIds: [Ref] };
      const { RouteTables } = await ec2<{ RouteTables: readonly Table[] }>(
        call,
        'DescribeRouteTables',
        params,
      );
      const route = only(RouteTables)?.Routes.find(
        (it) => it['DestinationCidrBlock'] === DestinationCidrBlock,
      );
      return route && { ...route, RouteTableId: Ref };
    },
  },
  'AWS::EC2::SecurityGroupIngress': securityRule('Ingress', 'SourceSecurityGroupId'),
  'AWS::EC2::SecurityGroupEgress': securityRule('Egress', 'DestinationSecurityGroupId'),
  'AWS::ECS::Cluster': {
    async create(call, { ClusterName }) {
      await call('ecs', 'CreateCluster', { clusterName: ClusterName });
      return { Ref: String(ClusterName) };
    },
  },
  'AWS::ECS::Service': {
    async create(call, { Cluster, ServiceName }) {
      const family = String(ServiceName);
      const containerDefinitions = [{ name: 'any', image: 'any', memory: 128 }];
      await call('ecs', 'RegisterTaskDefinition', { family, containerDefinitions });
      await call('ecs', 'CreateService', {
        cluster: Cluster,
        serviceName: family,
        taskDefinition: family,
        desiredCount: 1,
      });
      return { Ref: family, Name: family };
    },
  },
  'AWS::ECS::ClusterCapacityProviderAssociations': {
    async create(call, { Cluster, CapacityProviders, DefaultCapacityProviderStrategy }) {
      await call('ecs', 'PutClusterCapacityProviders', {
        cluster: Cluster,
        capacityProviders: CapacityProviders,
        defaultCapacityProviderStrategy: DefaultCapacityProviderStrategy,
      });
      return { Ref: String(Cluster) };
    },
    async read(call, { Ref }) {
      type Cluster = { capacityProviders: unknown; defaultCapacityProviderStrategy: unknown };
      const { clusters } = await call<{ clusters: readonly Cluster[] }>('ecs', 'DescribeClusters', {
        clusters: [Ref],
      });
      const cluster = only(clusters);
      return (
        cluster && {
          Cluster: Ref,
          CapacityProviders: cluster.capacityProviders,
          DefaultCapacityProviderStrategy: cluster.defaultCapacityProviderStrategy,
        }
      );
    },
  },
  'AWS::ApplicationAutoScaling::ScalableTarget': {
    async create(call, { Tags: _, ...properties }) {
      await call('application-autoscaling', 'RegisterScalableTarget', properties);
      const { ResourceId, ScalableDimension, ServiceNamespace } = properties;
      return { Ref: [ResourceId, ScalableDimension, ServiceNamespace].join('|') };
    },
    async read(call, _created, { ServiceNamespace, ResourceId }) {
      type Targets = { ScalableTargets: readonly Properties[] };
      const params = { ServiceNamespace, ResourceIds: [ResourceId] };
      return only(
        (await call<Targets>('application-autoscaling', 'DescribeScalableTargets', params)).ScalableTargets,
      );
    },
  },
  'AWS::ApplicationAutoScaling::ScalingPolicy': {
    async create(call, { ScalingTargetId, ...properties }) {
      const [ResourceId, ScalableDimension, ServiceNamespace] = String(ScalingTargetId).split('|');
      const target = { ResourceId, ScalableDimension, ServiceNamespace };
      const { PolicyARN } = await call<{ PolicyARN: string }>('application-autoscaling', 'PutScalingPolicy', {
        ...properties,
        ...target,
      });
      return { Ref: PolicyARN, ScalingTargetId: String(ScalingTargetId) };
    },
    async read(call, { ScalingTargetId = '' }, { PolicyName }) {
      type Policies = { ScalingPolicies: readonly Properties[] };
      const params = { ServiceNamespace: ScalingTargetId.split('|')[2] };
      const { ScalingPolicies } = await call<Policies>(
        'application-autoscaling',
        'DescribeScalingPolicies',
        params,
      );
      const policy = ScalingPolicies.find((it) => it['PolicyName'] === PolicyName);
      return policy && { ...policy, ScalingTargetId };
    },
  },
  'AWS::CloudWatch::Alarm': alarm,
  'AWS::CloudWatch::Dashboard': {
    async create(call, { DashboardName, DashboardBody }) {
      await call('cloudwatch', 'PutDashboard', { DashboardName, DashboardBody });
      return { Ref: String(DashboardName) };
    },
    read: (call, { Ref }) => call('cloudwatch', 'GetDashboard', { DashboardName: Ref }),
  },
};
