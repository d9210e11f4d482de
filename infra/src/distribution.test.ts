import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SettingsInput } from './settings.ts';
import { readSettings } from './settings.ts';
import { resources, type Resource, synthesizeAll } from './testing/synth.ts';

const domain = { name: 'shop.example.org', zone: { id: 'Z1', name: 'example.org' } };
const cloudFront = { prefixListId: 'pl-3b927c52' };
const settings = { cloudFront, domain, plainHttp: false } as const;
const templates = synthesizeAll(settings, { checked: true });
const { edge } = templates;

const propertiesOf = (type: string): Resource['Properties'][] =>
  resources({ edge }, type).map(({ Properties }) => Properties);
const only = (type: string): Resource['Properties'] => {
  const [properties, ...others] = propertiesOf(type);
  assert.ok(properties && others.length === 0, type);
  return properties;
};

test('by default there is no distribution, and the load balancer is public', () => {
  const { edge: plain } = synthesizeAll({ domain });
  assert.deepEqual(resources({ edge: plain }, 'AWS::CloudFront::Distribution'), []);
  const [balancer] = resources({ edge: plain }, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  assert.equal(balancer?.Properties['Scheme'], 'internet-facing');
});

test('behind CloudFront the load balancer has private addresses only, and accepts CloudFront on one port', () => {
  assert.equal(only('AWS::ElasticLoadBalancingV2::LoadBalancer')['Scheme'], 'internal');
  const rules = only('AWS::EC2::SecurityGroup')['SecurityGroupIngress'] as
    | Record<string, unknown>[]
    | undefined;
  const separate = propertiesOf('AWS::EC2::SecurityGroupIngress');
  const ingress = [...(rules ?? []), ...separate].map(({ SourcePrefixListId, CidrIp, FromPort, ToPort }) => [
    SourcePrefixListId,
    CidrIp,
    FromPort,
    ToPort,
  ]);
  assert.deepEqual(ingress, [[cloudFront.prefixListId, undefined, 443, 443]]);
  assert.deepEqual(
    propertiesOf('AWS::ElasticLoadBalancingV2::Listener').map(({ Port, Protocol }) => [Port, Protocol]),
    [[443, 'HTTPS']],
  );
  const { VpcOriginEndpointConfig: origin } = only('AWS::CloudFront::VpcOrigin');
  assert.deepEqual([origin.OriginProtocolPolicy, origin.OriginSSLProtocols], ['https-only', ['TLSv1.2']]);
});

test('the catalog is cached as long as its responses say: a minimum would keep even what is private', () => {
  const { MinTTL, DefaultTTL, MaxTTL } = only('AWS::CloudFront::CachePolicy')['CachePolicyConfig'];
  assert.deepEqual([MinTTL, DefaultTTL, MaxTTL], [0, 0, 60]);
});

test('the domain leads to the distribution, which has its certificate and a current TLS', () => {
  const { DistributionConfig: config } = only('AWS::CloudFront::Distribution');
  assert.deepEqual(config.Aliases, [domain.name]);
  assert.match(config.ViewerCertificate.MinimumProtocolVersion, /^TLSv1\.[23]/);
  const records = propertiesOf('AWS::Route53::RecordSet');
  assert.deepEqual(new Set(records.map(({ Type }) => Type as string)), new Set(['A', 'AAAA']));
  for (const { AliasTarget } of records) assert.match(JSON.stringify(AliasTarget), /Distribution/);
});

test('services trust two proxies, so that the rate limit counts the shopper and not CloudFront', () => {
  for (const service of ['product', 'cart', 'analytics'] as const) {
    const text = JSON.stringify(templates[service]);
    const variable = /"PROXY_HOPS","Value":"(\d)"|"PROXY_HOPS":"(\d)"/.exec(text);
    assert.equal(variable?.[1] ?? variable?.[2], '2', service);
  }
});

test('the rate limit of the firewall is at CloudFront: at the load balancer it would count CloudFront', () => {
  const { edge: limited } = synthesizeAll(
    { ...settings, waf: { requestsPerFiveMinutes: 2_000 } },
    { checked: true },
  );
  const [acl, ...others] = resources({ edge: limited }, 'AWS::WAFv2::WebACL');
  assert.deepEqual([acl?.Properties['Scope'], others.length], ['CLOUDFRONT', 0]);
  assert.deepEqual(resources({ edge: limited }, 'AWS::WAFv2::WebACLAssociation'), []);
  const [distribution] = resources({ edge: limited }, 'AWS::CloudFront::Distribution');
  assert.match(JSON.stringify(distribution?.Properties['DistributionConfig'].WebACLId), /Firewall/);
});

test('log files, which name guests’ carts, expire like those of the load balancer', () => {
  const { DistributionConfig: config } = only('AWS::CloudFront::Distribution');
  assert.match(JSON.stringify(config.Logging.Bucket), /DistributionLogs/);
  assert.equal(config.Logging.IncludeCookies ?? false, false);
  const { LifecycleConfiguration, OwnershipControls } = only('AWS::S3::Bucket');
  assert.equal(LifecycleConfiguration.Rules[0].ExpirationInDays, 7);
  assert.equal(OwnershipControls.Rules[0].ObjectOwnership, 'BucketOwnerPreferred');
});

const auth = {
  issuer: 'https://issuer.example.org/',
  audience: 'tandem',
  jwksUrl: 'https://issuer.example.org/jwks.json',
};
const valid: SettingsInput = { region: 'us-east-1', bootstrapQualifier: 'tandemprod', auth, ...settings };
const certificateArn = 'arn:aws:acm:us-east-1:111122223333:certificate/1';
const webAclArn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/a/1';

for (const [what, changes, message] of [
  ['no domain', { domain: undefined, plainHttp: true }, /cloudFront: needs a domain/],
  ['tasks without IPv4', { egress: 'ipv6' }, /cloudFront: reaches private IPv4 addresses only/],
  [
    'another region without a certificate',
    { region: 'eu-west-1' },
    /cloudFront\.certificateArn: CloudFront takes/,
  ],
  [
    'a certificate of another region',
    { cloudFront: { ...cloudFront, certificateArn: certificateArn.replace('us-east-1', 'eu-west-1') } },
    /certificateArn: expected a certificate of ACM in us-east-1/,
  ],
  [
    'a firewall of another region',
    {
      region: 'eu-west-1',
      cloudFront: { ...cloudFront, certificateArn },
      waf: { requestsPerFiveMinutes: 2_000 },
    },
    /waf: CloudFront takes web ACLs of us-east-1/,
  ],
  [
    'two firewalls',
    { cloudFront: { ...cloudFront, webAclArn }, waf: { requestsPerFiveMinutes: 2_000 } },
    /waf: a distribution has one web ACL/,
  ],
  ['a list that is none', { cloudFront: { prefixListId: 'sg-1' } }, /prefixListId: expected the id/],
] as const) {
  test(`CloudFront with ${what} is rejected`, () => {
    const { domain: validDomain, ...others } = valid;
    const changed = { ...others, ...('domain' in changes ? {} : { domain: validDomain }), ...changes };
    assert.throws(() => readSettings(changed), message);
  });
}

test('in another region it takes a certificate of us-east-1', () => {
  const { edge: elsewhere } = synthesizeAll({
    ...settings,
    region: 'eu-west-1',
    cloudFront: { ...cloudFront, certificateArn },
  });
  const [distribution] = resources({ edge: elsewhere }, 'AWS::CloudFront::Distribution');
  const { ViewerCertificate } = distribution?.Properties['DistributionConfig'] ?? {};
  assert.equal(ViewerCertificate.AcmCertificateArn, certificateArn);
});
