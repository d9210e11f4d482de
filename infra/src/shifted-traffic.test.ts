import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import { readSettings, type SettingsInput } from './settings.ts';
import { production } from '../settings/production.ts';
import { asTasks, type Resource, resources, synthesizeAll, type Templates } from './testing/synth.ts';

const routed = serviceNames.filter((service) => topology.services[service].paths.length > 0);
const client = {
  tokenUrl: 'https://issuer.example/token',
  clientId: 'smoke',
  clientSecretName: 'tandem/smoke',
};

const strategies = {
  blueGreen: { strategy: 'BLUE_GREEN', breaker: { Enable: true, Rollback: true } },
  linear: {
    strategy: 'LINEAR',
    LinearConfiguration: { StepPercent: 20, StepBakeTimeInMinutes: 3 },
  },
  canary: {
    strategy: 'CANARY',
    CanaryConfiguration: { CanaryPercent: 10, CanaryBakeTimeInMinutes: 5 },
  },
} as const;
const names = Object.keys(strategies) as (keyof typeof strategies)[];
const templates = new Map(
  names.map((deployment) => [deployment, synthesizeAll({ deployment, deploymentTest: client }, asTasks)]),
);
const of = (deployment: (typeof names)[number]) => templates.get(deployment) ?? assert.fail();

function only(all: Templates, service: ServiceName, type: string, id?: RegExp): Resource {
  const found = Object.entries(all[service].Resources).filter(
    ([name, { Type }]) => Type === type && (id === undefined || id.test(name)),
  );
  assert.equal(found.length, 1, `one ${type} ${String(id)} of ${service}`);
  return found[0]?.[1] ?? assert.fail();
}

const idOf = (all: Templates, service: ServiceName, prefix: RegExp) => {
  const ids = Object.keys(all[service].Resources).filter((id) => prefix.test(id));
  assert.equal(ids.length, 1, `${String(prefix)} of ${service}`);
  return ids[0] ?? assert.fail();
};

/** Actions and resources that a policy of a service allows. */
function statementsOf(all: Templates, service: ServiceName, id: RegExp) {
  const { PolicyDocument } = only(all, service, 'AWS::IAM::Policy', id).Properties;
  return (PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[]).map(
    ({ Action, Resource }) => [[Action].flat().toSorted(), [Resource].flat()],
  );
}

for (const deployment of names) {
  const expected: { strategy: string; breaker?: object } = strategies[deployment];
  const { strategy, breaker, ...configuration } = expected;

  test(`${deployment}: ECS shifts the requests after a test, and back if an alarm is raised`, () => {
    for (const service of routed) {
      const { DeploymentConfiguration, LoadBalancers } = only(
        of(deployment),
        service,
        'AWS::ECS::Service',
      ).Properties;
      const { Strategy, DeploymentCircuitBreaker, BakeTimeInMinutes, Alarms, LifecycleHooks, ...rest } =
        DeploymentConfiguration;
      const { LinearConfiguration, CanaryConfiguration } = rest;
      assert.deepEqual([Strategy, BakeTimeInMinutes, DeploymentCircuitBreaker], [strategy, 5, breaker]);
      assert.deepEqual(
        JSON.parse(JSON.stringify({ LinearConfiguration, CanaryConfiguration })),
        configuration,
      );
      assert.deepEqual([Alarms.Enable, Alarms.Rollback, Alarms.AlarmNames.length], [true, true, 3]);
      assert.deepEqual(LifecycleHooks, [
        {
          HookTargetArn: {
            'Fn::GetAtt': [idOf(of(deployment), service, /^DeploymentTest[0-9A-F]{8}$/), 'Arn'],
          },
          LifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
          RoleArn: { 'Fn::GetAtt': [idOf(of(deployment), service, /^HookRole/), 'Arn'] },
        },
      ]);
      const [{ AdvancedConfiguration, TargetGroupArn }] = LoadBalancers;
      assert.deepEqual(AdvancedConfiguration, {
        AlternateTargetGroupArn: { Ref: idOf(of(deployment), service, /^AlternateTargets/) },
        ProductionListenerRule: { Ref: idOf(of(deployment), service, /^Route/) },
        TestListenerRule: { Ref: idOf(of(deployment), service, /^TestRoute/) },
        RoleArn: { 'Fn::GetAtt': [idOf(of(deployment), service, /^ShiftRole/), 'Arn'] },
      });
      assert.deepEqual(TargetGroupArn, { Ref: idOf(of(deployment), service, /^Targets/) });
    }
  });

  test(`${deployment}: a change of a rule keeps the weights that ECS has set (F, known 3)`, () => {
    for (const service of routed) {
      const { Actions, Conditions, Priority } = only(
        of(deployment),
        service,
        'AWS::ElasticLoadBalancingV2::ListenerRule',
        /^Route/,
      ).Properties;
      const weights = (Actions[0].ForwardConfig.TargetGroups as { Weight: unknown }[]).map(
        ({ Weight }) => Weight,
      );
      const id = idOf(of(deployment), service, /^Weights/);
      assert.deepEqual(weights, [{ 'Fn::GetAtt': [id, 'First'] }, { 'Fn::GetAtt': [id, 'Second'] }]);
      const { Rule, TargetGroupArns } = only(of(deployment), service, 'Custom::LiveWeights').Properties;
      assert.deepEqual(Rule, { paths: Conditions[0].PathPatternConfig.Values, priority: Priority });
      assert.equal(TargetGroupArns.length, 2);
    }
  });

  test(`${deployment}: test traffic needs an unguessable header, and reaches the new tasks before any other rule`, () => {
    for (const service of routed) {
      const rule = (id: RegExp) =>
        only(of(deployment), service, 'AWS::ElasticLoadBalancingV2::ListenerRule', id).Properties;
      const [route, testRoute] = [rule(/^Route/), rule(/^TestRoute/)];
      assert.ok(testRoute['Priority'] < route['Priority']);
      const [paths, header] = testRoute['Conditions'];
      assert.deepEqual(paths, route['Conditions'][0]);
      const { Environment } = only(
        of(deployment),
        service,
        'AWS::Lambda::Function',
        /^DeploymentTest/,
      ).Properties;
      const { TEST_HEADER, TEST_HEADER_VALUE, TEST_PATH } = Environment.Variables;
      assert.deepEqual(header.HttpHeaderConfig, { HttpHeaderName: TEST_HEADER, Values: [TEST_HEADER_VALUE] });
      assert.ok(JSON.stringify(TEST_HEADER_VALUE).includes('AWS::StackId'));
      assert.equal(TEST_PATH, topology.services[service].paths[0]);
    }
  });

  test(`${deployment}: the roles of ECS and of the functions may do nothing else`, () => {
    for (const service of routed) {
      const all = of(deployment);
      const ref = (prefix: RegExp) => ({ Ref: idOf(all, service, prefix) });
      const arn = (prefix: RegExp) => ({ 'Fn::GetAtt': [idOf(all, service, prefix), 'Arn'] });
      const elb = (...actions: string[]) => actions.map((action) => `elasticloadbalancing:${action}`);
      const log = ['logs:CreateLogStream', 'logs:PutLogEvents'];
      assert.deepEqual(statementsOf(all, service, /^ShiftGrants/), [
        [elb('DescribeListeners', 'DescribeRules', 'DescribeTargetGroups', 'DescribeTargetHealth'), ['*']],
        [elb('ModifyRule'), [ref(/^Route/), ref(/^TestRoute/)]],
        [elb('DeregisterTargets', 'RegisterTargets'), [ref(/^AlternateTargets/), ref(/^Targets/)]],
      ]);
      assert.deepEqual(statementsOf(all, service, /^HookGrants/), [
        [['lambda:InvokeFunction'], [arn(/^DeploymentTest[0-9A-F]{8}$/)]],
      ]);
      assert.deepEqual(statementsOf(all, service, /^LiveWeightsGrants/), [
        [log, [arn(/^LiveWeightsLogs/)]],
        [elb('DescribeRules'), ['*']],
      ]);
      const [logs, secret, ...others] = statementsOf(all, service, /^DeploymentTestGrants/);
      assert.deepEqual([logs, others], [[log, [arn(/^DeploymentTestLogs/)]], []]);
      assert.deepEqual(secret?.[0], ['secretsmanager:GetSecretValue']);
      assert.match(JSON.stringify(secret?.[1]), /:secret:tandem\/smoke-\?{6}"/);
      const roles = resources({ [service]: all[service] }, 'AWS::IAM::Role');
      const managed = roles.flatMap(({ Properties }) => (Properties['ManagedPolicyArns'] as unknown[]) ?? []);
      assert.deepEqual(managed, []);
    }
  });
}

test('without a client only the routes are tested, and no secret is read', () => {
  const all = synthesizeAll({ deployment: 'blueGreen' });
  assert.equal(statementsOf(all, 'product', /^DeploymentTestGrants/).length, 1);
  const { Environment } = only(all, 'product', 'AWS::Lambda::Function', /^DeploymentTest/).Properties;
  assert.equal(Environment.Variables.TOKEN_URL, undefined);
});

test('with a key of our own, a function with variables may decrypt them, and no other function anything', () => {
  const all = synthesizeAll({ deployment: 'blueGreen', customerKey: true });
  const ofKey = (id: RegExp) =>
    statementsOf(all, 'product', id).filter(([actions]) => String(actions).startsWith('kms:'));
  const [decrypt, ...others] = ofKey(/^DeploymentTestGrants/);
  assert.deepEqual([decrypt?.[0], others], [['kms:Decrypt'], []]);
  const { KmsKeyArn } = only(all, 'product', 'AWS::Lambda::Function', /^DeploymentTest/).Properties;
  assert.ok(KmsKeyArn);
  assert.deepEqual(decrypt?.[1], [KmsKeyArn]);
  assert.deepEqual(ofKey(/^LiveWeightsGrants/), []);
  assert.equal(
    only(all, 'product', 'AWS::Lambda::Function', /^LiveWeights/).Properties['KmsKeyArn'],
    undefined,
  );
});

test('a client of the test needs a token endpoint with HTTPS', () => {
  const withClient = (deploymentTest: SettingsInput['deploymentTest']) => () =>
    readSettings({ ...production, deployment: 'canary', deploymentTest });
  assert.doesNotThrow(withClient(client));
  assert.throws(
    withClient({ ...client, tokenUrl: 'http://issuer.example/token' }),
    /deploymentTest\.tokenUrl/,
  );
});

test('a rolling deployment has neither a second target group nor functions for its test', () => {
  const all = synthesizeAll({}, asTasks);
  for (const service of routed) {
    assert.equal(
      resources({ [service]: all[service] }, 'AWS::ElasticLoadBalancingV2::TargetGroup').length,
      1,
    );
    assert.equal(resources({ [service]: all[service] }, 'Custom::LiveWeights').length, 0);
  }
});
