import assert from 'node:assert/strict';
import { test } from 'node:test';
import { production } from '../settings/production.ts';
import { staging } from '../settings/staging.ts';
import { readSettings } from './settings.ts';

const assertRejected = (changes: object, message: RegExp) =>
  assert.throws(() => readSettings({ ...production, ...changes }), message);

test('the settings of both stages are valid, and do not collide in one account', () => {
  const prefixes = [staging, production].map((input) => readSettings(input).namePrefix);
  assert.deepEqual(prefixes, ['staging-', ''], 'production has the names of the contract');
  assert.notEqual(
    staging.bootstrapQualifier,
    production.bootstrapQualifier,
    'otherwise a stage could deploy the other one',
  );
});

test('every invalid setting is reported with its path', () => {
  assertRejected(
    { region: 'Frankfurt', tasks: { min: 0, max: 3 } },
    /^Error: Invalid settings\nregion: .*\ntasks\.min: /,
  );
  assertRejected({ colour: 'red' }, /colour/);
  assertRejected({ domain: { name: 'shop.example.com' } }, /domain: neither certificateArn nor zone is set/);
  assertRejected({ tasks: { min: 5, max: 2 } }, /tasks: min is greater than max/);
});

test('plain HTTP is an error of the settings, of any stage, unless it is acknowledged (security 14)', () => {
  for (const stage of [production, staging]) {
    const { domain: _, plainHttp: __, ...plain } = stage;
    assert.throws(
      () => readSettings(plain),
      /^Error: Invalid settings\ndomain: without it, tokens .* plainHttp: true$/,
    );
    assert.throws(() => readSettings({ ...plain, plainHttp: false }), /domain: /);
    assert.equal(readSettings({ ...plain, plainHttp: true }).domain, undefined);
  }
  assert.ok(readSettings(production).domain, 'the settings of production have a domain to fill in');
});

test('origins of pages are those that browsers send (interop A15)', () => {
  const corsOrigins = ['https://shop.example', 'http://localhost:5173'];
  assert.deepEqual(readSettings({ ...production, corsOrigins }).corsOrigins, corsOrigins);
  assert.deepEqual(readSettings(production).corsOrigins, []);
  for (const origin of ['*', 'https://shop.example/', 'shop.example'])
    assertRejected({ corsOrigins: [origin] }, /corsOrigins\.0: expected an origin such as/);
});

test('settings of the network that contradict each other are rejected', () => {
  const vpc = {
    id: 'vpc-0a1b2c3d',
    availabilityZones: ['us-east-1a', 'us-east-1b'],
    publicSubnets: ['subnet-0b1a2b3c', 'subnet-0b2a2b3c'],
    taskSubnets: ['subnet-0c1a2b3c', 'subnet-0c2a2b3c'],
  };
  assert.deepEqual(readSettings({ ...production, vpc }).vpc, vpc);
  assertRejected({ vpc, cidr: '10.1.0.0/16' }, /cidr: your own VPC/);
  assertRejected({ vpc, egress: 'ipv6' }, /egress: the routes of your own VPC/);
  assertRejected({ vpc, natGateways: 2 }, /natGateways: /);
  assertRejected({ egress: 'ipv6', natGateways: 2 }, /natGateways: /);
  assertRejected({ natGateways: 3 }, /natGateways: /);
  assertRejected({ vpc: { ...vpc, taskSubnets: ['subnet-0c1a2b3c'] } }, /vpc\.taskSubnets: /);
  assertRejected({ vpc: { ...vpc, id: 'vpc-0a1' } }, /vpc\.id: expected an id of EC2/);
  assertRejected(
    { vpc: { ...vpc, publicSubnets: [...vpc.publicSubnets, 'subnet-0b3a2b3c'] } },
    /vpc: each zone/,
  );
  for (const cidr of ['10.0.0.0/8', '10.0.0.0/28', '10.0.0.0', '::/16']) assertRejected({ cidr }, /cidr: /);
  assertRejected({ account: '1234' }, /account: expected the 12 digits/);
  // As `-c account=…` gives it.
  assert.equal(readSettings({ ...production, account: 333344445555 }).account, '333344445555');
});

test('a hold lasts 30 days at most, 900 s by default', () => {
  assert.equal(readSettings(production).holdSeconds, 900);
  assert.equal(readSettings({ ...production, holdSeconds: 2_592_000 }).holdSeconds, 2_592_000);
  assertRejected({ holdSeconds: 2_592_001 }, /holdSeconds: /);
  assertRejected({ holdSeconds: -1 }, /holdSeconds: /);
});

test('URLs that tasks cannot reach through their security group are rejected', () => {
  assertRejected({ traces: { endpoint: 'http://collector.example.com:4318' } }, /traces\.endpoint: .* 443/);
  assertRejected(
    { auth: { ...production.auth, jwksUrl: 'http://issuer.example.com/' } },
    /auth\.jwksUrl: .* 443/,
  );
});

test('without internet access, the key set must be part of the settings, and traces are rejected', () => {
  assertRejected({ egress: 'endpoints' }, /auth\.jwksUrl: .* data: URL/);
  const auth = { ...production.auth, jwksUrl: 'data:application/json,{"keys":[]}' };
  assertRejected(
    { egress: 'endpoints', auth, traces: { endpoint: 'https://collector.example.com' } },
    /traces: /,
  );
  assertRejected({ egress: 'endpoints', auth, traces: { xray: true } }, /traces: /);
  assertRejected({ egress: 'ipv6', traces: { xray: true } }, /traces: .* IPv6/);
  assert.equal(readSettings({ ...production, egress: 'endpoints', auth }).egress, 'endpoints');
});

test('issuers, audiences and names of scopes may be lists; texts in them contain no commas', () => {
  const auth = { ...production.auth, issuer: ['https://a.example', 'https://b.example'], audience: 'one' };
  const scopes = { 'products:write': ['Products.Write', 'tandem/products:write'] };
  const settings = readSettings({ ...production, auth: { ...auth, scopes, scopeClaims: 'scp' } });
  assert.deepEqual(settings.auth.issuer, auth.issuer);
  assert.deepEqual(settings.auth.audience, ['one']);
  assert.deepEqual(settings.auth.scopes, scopes);
  assert.deepEqual(settings.auth.scopeClaims, ['scp']);
  assertRejected({ auth: { ...auth, audience: 'one,two' } }, /auth\.audience: /);
});
