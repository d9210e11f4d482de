import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { asTasks, type Resource, resources, synthesizeAll, type Templates } from './testing/synth.ts';

const jwksUrl = 'data:application/json,{"keys":[]}';
const networks: Record<'nat' | 'endpoints' | 'ipv6', Templates> = {
  nat: synthesizeAll({}, asTasks),
  endpoints: synthesizeAll({ egress: 'endpoints', auth: { issuer: 'i', audience: 'a', jwksUrl } }, asTasks),
  ipv6: synthesizeAll({ egress: 'ipv6' }, asTasks),
};

const propertiesOf = (templates: Partial<Templates>, type: string): Resource['Properties'][] =>
  resources(templates, type).map(({ Properties }) => Properties);
const endpoints = (templates: Templates, kind: string) =>
  propertiesOf(templates, 'AWS::EC2::VPCEndpoint')
    .filter(({ VpcEndpointType }) => VpcEndpointType === kind)
    .map(({ ServiceName }) =>
      JSON.stringify(ServiceName)
        .match(/[a-z0-9.]+"[\]}]*$/)?.[0]
        .replaceAll(/["\]}]/g, ''),
    );

test('each of two zones has a public subnet and one for tasks', () => {
  for (const templates of Object.values(networks)) {
    const subnets = propertiesOf(templates, 'AWS::EC2::Subnet');
    assert.equal(subnets.length, 4);
    const zones = subnets.map(({ AvailabilityZone }) => JSON.stringify(AvailabilityZone));
    for (const zone of new Set(zones)) assert.equal(zones.filter((it) => it === zone).length, 2);
    for (const { MapPublicIpOnLaunch } of subnets) assert.notEqual(MapPublicIpOnLaunch, true);
  }
});

test('by default there is one NAT gateway, which traffic to tables and image layers bypasses', () => {
  assert.equal(propertiesOf(networks.nat, 'AWS::EC2::NatGateway').length, 1);
  assert.deepEqual(
    endpoints(networks.nat, 'Gateway').map((name) => name?.split('.').at(-1)),
    ['dynamodb', 's3'],
  );
  assert.deepEqual(endpoints(networks.nat, 'Interface'), []);
});

test('with two NAT gateways each zone has its own: the outage of one leaves the other zone its egress (aws F4)', () => {
  const two = synthesizeAll({ natGateways: 2 }, asTasks);
  const gateways = propertiesOf(two, 'AWS::EC2::NatGateway');
  assert.equal(new Set(gateways.map(({ SubnetId }) => JSON.stringify(SubnetId))).size, 2);
  const routes = propertiesOf(two, 'AWS::EC2::Route').filter(({ NatGatewayId }) => NatGatewayId);
  assert.equal(new Set(routes.map(({ NatGatewayId }) => JSON.stringify(NatGatewayId))).size, 2);
});

test('the block of the VPC is a setting, from which all subnets and endpoints take theirs (aws F13)', () => {
  const auth = { issuer: 'i', audience: 'a', jwksUrl };
  const templates = synthesizeAll({ cidr: '172.20.0.0/20', egress: 'endpoints', auth });
  assert.equal(propertiesOf(templates, 'AWS::EC2::VPC')[0]?.['CidrBlock'], '172.20.0.0/20');
  for (const { CidrBlock } of propertiesOf(templates, 'AWS::EC2::Subnet'))
    assert.match(CidrBlock as string, /^172\.20\./);
  assert.doesNotMatch(JSON.stringify(templates), /10\.0\.0\.0/);
});

test('your own VPC is used as it is: nothing is created or looked up in it (aws F13)', () => {
  const vpc = {
    id: 'vpc-0a1b2c3d',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    publicSubnets: ['subnet-0b1a2b3c', 'subnet-0b2a2b3c'],
    taskSubnets: ['subnet-0c1a2b3c', 'subnet-0c2a2b3c'],
  };
  const templates = synthesizeAll({ vpc }, asTasks);
  const created = Object.values(templates.network.Resources).map(({ Type }) => Type);
  assert.deepEqual(created.toSorted(), ['AWS::S3::Bucket', 'AWS::S3::BucketPolicy']);
  const [balancer] = propertiesOf(templates, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  assert.deepEqual(balancer?.['Subnets'], vpc.publicSubnets);
  for (const { NetworkConfiguration } of propertiesOf(templates, 'AWS::ECS::Service'))
    assert.deepEqual(NetworkConfiguration.AwsvpcConfiguration.Subnets, vpc.taskSubnets);
  for (const { VpcId } of propertiesOf(templates, 'AWS::EC2::SecurityGroup')) assert.equal(VpcId, vpc.id);
});

test('with endpoints there is no internet access, but an endpoint for each service that tasks call', () => {
  assert.equal(propertiesOf(networks.endpoints, 'AWS::EC2::NatGateway').length, 0);
  const routes = propertiesOf(networks.endpoints, 'AWS::EC2::Route');
  assert.equal(
    routes.filter(({ GatewayId }) => GatewayId !== undefined).length,
    2,
    'of the public subnets alone',
  );
  assert.equal(routes.length, 2);
  const services = endpoints(networks.endpoints, 'Interface').map((name) =>
    String(name).replace(/^.*?\./, ''),
  );
  assert.deepEqual(services.toSorted(), ['ecr.api', 'ecr.dkr', 'logs', 'sns', 'sqs']);
  for (const { PrivateDnsEnabled, SubnetIds } of propertiesOf(
    networks.endpoints,
    'AWS::EC2::VPCEndpoint',
  ).filter(({ VpcEndpointType }) => VpcEndpointType === 'Interface'))
    assert.deepEqual([PrivateDnsEnabled, SubnetIds.length], [true, 2]);
});

test('with IPv6 tasks have no IPv4 address, and use an egress-only internet gateway', () => {
  assert.equal(propertiesOf(networks.ipv6, 'AWS::EC2::NatGateway').length, 0);
  const native = propertiesOf(networks.ipv6, 'AWS::EC2::Subnet').filter(({ Ipv6Native }) => Ipv6Native);
  assert.equal(native.length, 2);
  for (const { CidrBlock, AssignIpv6AddressOnCreation } of native)
    assert.deepEqual([CidrBlock, AssignIpv6AddressOnCreation], [undefined, true]);
  const out = propertiesOf(networks.ipv6, 'AWS::EC2::Route').filter(
    (it) => it['EgressOnlyInternetGatewayId'],
  );
  assert.deepEqual(
    out.map((it) => it['DestinationIpv6CidrBlock'] as unknown),
    ['::/0', '::/0'],
  );
  for (const { IpAddressType } of propertiesOf(networks.ipv6, 'AWS::ElasticLoadBalancingV2::LoadBalancer'))
    assert.equal(IpAddressType, 'dualstack');
  for (const { IpAddressType } of propertiesOf(networks.ipv6, 'AWS::ElasticLoadBalancingV2::TargetGroup'))
    assert.equal(IpAddressType, 'ipv6');
  for (const { ContainerDefinitions } of propertiesOf(networks.ipv6, 'AWS::ECS::TaskDefinition'))
    assert.match(JSON.stringify(ContainerDefinitions[0].Image), /\.dkr-ecr\.us-east-1\.on\.aws\//);
});

test('IPv6 blocks of subnets do not overlap', () => {
  const blocks = propertiesOf(networks.ipv6, 'AWS::EC2::Subnet').map(({ Ipv6CidrBlock }) =>
    JSON.stringify(Ipv6CidrBlock),
  );
  assert.equal(new Set(blocks).size, 4);
});

/** Number of openings for requests: one for a service with paths. */
const routes = (service: ServiceName) => (topology.services[service].paths.length > 0 ? 1 : 0);

test('tasks accept connections only from the load balancer at their port, and connect only over HTTPS', () => {
  for (const [egress, templates] of Object.entries(networks)) {
    for (const service of serviceNames) {
      const own = { [service]: templates[service] };
      const [tasks, ...others] = propertiesOf(own, 'AWS::EC2::SecurityGroup');
      assert.ok(tasks && others.length === 0);
      assert.equal(tasks['SecurityGroupIngress'], undefined);
      // Placeholder of the CDK for no egress over IPv4.
      const nowhere = '255.255.255.255/32';
      const [out, ...more] = (tasks['SecurityGroupEgress'] as Record<string, unknown>[]).filter(
        ({ CidrIp }) => CidrIp !== nowhere,
      );
      assert.deepEqual(
        [out?.['FromPort'], out?.['ToPort'], out?.['IpProtocol'], more],
        [443, 443, 'tcp', []],
      );
      assert.equal(
        out?.[egress === 'ipv6' ? 'CidrIpv6' : 'CidrIp'],
        egress === 'ipv6' ? '::/0' : '0.0.0.0/0',
      );
      const ingress = propertiesOf(own, 'AWS::EC2::SecurityGroupIngress');
      assert.equal(ingress.length, routes(service));
      for (const { FromPort, ToPort, SourceSecurityGroupId } of ingress) {
        assert.deepEqual([FromPort, ToPort], [8080, 8080]);
        assert.match(JSON.stringify(SourceSecurityGroupId), /edge/);
      }
    }
  }
});

test('the load balancer accepts connections at its listeners, and connects only to tasks', () => {
  const domain = { name: 'shop.example.com', certificateArn: 'arn:aws:acm:us-east-1:1:certificate/1' };
  for (const [templates, ports] of [
    [networks.nat, [80]],
    [synthesizeAll({ domain }, asTasks), [443, 80]],
  ] as const) {
    const [group] = propertiesOf({ edge: templates.edge }, 'AWS::EC2::SecurityGroup');
    const ingress = group?.['SecurityGroupIngress'] as { FromPort: number }[];
    assert.deepEqual(
      ingress.map(({ FromPort }) => FromPort),
      ports,
    );
    const egress = group?.['SecurityGroupEgress'] as { CidrIp: string }[];
    assert.deepEqual(
      egress.map(({ CidrIp }) => CidrIp),
      ['255.255.255.255/32'],
      'which is nowhere',
    );
    for (const service of serviceNames)
      assert.equal(
        propertiesOf({ [service]: templates[service] }, 'AWS::EC2::SecurityGroupEgress').length,
        routes(service),
      );
  }
});
