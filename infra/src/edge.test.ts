import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Resource, resources, synthesizeAll } from './testing/synth.ts';

const zone = { id: 'Z123', name: 'example.com' };
const plain = synthesizeAll().edge;
const secure = synthesizeAll({ domain: { name: 'shop.example.com', zone } }).edge;

const propertiesOf = (edge: typeof plain, type: string): Resource['Properties'][] =>
  resources({ edge }, type).map(({ Properties }) => Properties);
const listeners = (edge: typeof plain) =>
  propertiesOf(edge, 'AWS::ElasticLoadBalancingV2::Listener').map((it) => [
    it['Port'] as unknown,
    it['Protocol'] as unknown,
    it['DefaultActions'][0].Type as unknown,
  ]);

test('without a domain the load balancer listens for HTTP; unknown routes return a 404 problem', () => {
  assert.deepEqual(listeners(plain), [[80, 'HTTP', 'fixed-response']]);
  const [{ DefaultActions } = { DefaultActions: [] }] = propertiesOf(
    plain,
    'AWS::ElasticLoadBalancingV2::Listener',
  );
  const { StatusCode, MessageBody } = DefaultActions[0].FixedResponseConfig;
  assert.equal(StatusCode, '404');
  assert.equal((JSON.parse(MessageBody as string) as { status: number }).status, 404);
});

test('with a domain it listens for HTTPS, and redirects HTTP to it', () => {
  assert.deepEqual(listeners(secure), [
    [443, 'HTTPS', 'fixed-response'],
    [80, 'HTTP', 'redirect'],
  ]);
  const [https] = propertiesOf(secure, 'AWS::ElasticLoadBalancingV2::Listener');
  assert.match(String(https?.['SslPolicy']), /TLS13/);
  const [certificate] = propertiesOf(secure, 'AWS::CertificateManager::Certificate');
  assert.deepEqual(
    [certificate?.['DomainName'], certificate?.['ValidationMethod']],
    ['shop.example.com', 'DNS'],
  );
});

test('a domain can be added later: the exports of the contexts are kept, and port 80 is released in time', () => {
  const exported = (edge: typeof plain) =>
    Object.values(edge.Outputs ?? {}).flatMap(({ Export }) => Export?.Name ?? []);
  assert.deepEqual(exported(secure), exported(plain));
  const redirect = Object.entries(secure.Resources).find(([id]) => id.includes('Redirect'))?.[1];
  assert.ok(redirect?.DependsOn?.some((id) => id.includes('Requests')));
});

test('a zone gets an alias record; a given certificate is used', () => {
  const [alias] = propertiesOf(secure, 'AWS::Route53::RecordSet');
  assert.deepEqual([alias?.['Name'], alias?.['Type']], ['shop.example.com.', 'A']);
  const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
  const { edge } = synthesizeAll({ domain: { name: 'shop.example.com', certificateArn } });
  assert.deepEqual(propertiesOf(edge, 'AWS::Route53::RecordSet'), []);
  assert.deepEqual(propertiesOf(edge, 'AWS::CertificateManager::Certificate'), []);
  const [https] = propertiesOf(edge, 'AWS::ElasticLoadBalancingV2::Listener');
  assert.deepEqual(https?.['Certificates'], [{ CertificateArn: certificateArn }]);
});

test('access logs are stored in the bucket of logs, and invalid headers are dropped', () => {
  const [loadBalancer] = propertiesOf(plain, 'AWS::ElasticLoadBalancingV2::LoadBalancer');
  const attributes = loadBalancer?.['LoadBalancerAttributes'] as { Key: string; Value: unknown }[];
  const valueOf = (key: string) => attributes.find(({ Key }) => Key === key)?.Value;
  assert.equal(valueOf('access_logs.s3.enabled'), 'true');
  assert.equal(valueOf('routing.http.drop_invalid_header_fields.enabled'), 'true');
});

test('the waf setting limits the rate of requests per address', () => {
  assert.deepEqual(propertiesOf(plain, 'AWS::WAFv2::WebACL'), []);
  const { edge } = synthesizeAll({ waf: { requestsPerFiveMinutes: 3_000 } });
  const limits = propertiesOf(edge, 'AWS::WAFv2::WebACL').map(({ Rules }) => {
    const { Limit, AggregateKeyType } = Rules[0].Statement.RateBasedStatement;
    return [Limit, AggregateKeyType] as unknown[];
  });
  assert.deepEqual(limits, [[3_000, 'IP']]);
  assert.equal(propertiesOf(edge, 'AWS::WAFv2::WebACLAssociation').length, 1);
});
