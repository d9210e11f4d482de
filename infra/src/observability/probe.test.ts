import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readSettings, type SettingsInput } from '../settings.ts';
import { alarmsOf } from '../testing/alarms.ts';
import { createResolve } from '../testing/privileges/intrinsics.ts';
import { production } from '../../settings/production.ts';
import { type Resource, resources, synthesizeAll, type Templates } from '../testing/synth.ts';

const domain = { name: 'shop.example.org', zone: { id: 'Z1', name: 'example.org' } };
const templates = synthesizeAll({ domain, namePrefix: 'staging-' });

/** Resources of the stack with alarms and the probe, resolved. */
function resourcesOf(type: string, all: Templates = templates) {
  const resolve = createResolve(all);
  return resources({ observability: all.observability }, type).map(
    ({ Properties }) => resolve('observability', Properties) as Resource['Properties'],
  );
}
const probes = (all: Templates) =>
  resourcesOf('AWS::Lambda::Function', all).filter(({ FunctionName }) => FunctionName.endsWith('probe'));
const names = (all: Templates) => [...alarmsOf(all).keys()].filter((name) => /probe-|no-traffic/.test(name));

test('every five minutes a function calls the public URL, and EventBridge invokes it by this schedule alone', () => {
  const [probe, ...others] = probes(templates);
  assert.deepEqual(others, []);
  assert.equal(probe?.['FunctionName'], 'staging-probe');
  assert.deepEqual(probe?.['Environment'].Variables, { SHOP_URL: 'https://shop.example.org' });
  assert.equal(probe?.['VpcConfig'], undefined, 'it comes from outside, like a shopper');
  const { observability } = templates;
  const [rule, ...rules] = resources({ observability }, 'AWS::Events::Rule').filter(
    ({ Properties }) => Properties['ScheduleExpression'],
  );
  assert.deepEqual([rule?.Properties['ScheduleExpression'], rules], ['rate(5 minutes)', []]);
  const [target] = rule?.Properties['Targets'] ?? [];
  const [permission, ...more] = resources({ observability }, 'AWS::Lambda::Permission');
  const { Action, Principal, FunctionName, SourceArn } = permission?.Properties ?? {};
  assert.deepEqual([Action, Principal, more], ['lambda:InvokeFunction', 'events.amazonaws.com', []]);
  assert.deepEqual(FunctionName, target.Arn);
  const [id] = Object.entries(observability.Resources).find(([, it]) => it === rule) ?? [];
  assert.deepEqual(SourceArn, { 'Fn::GetAtt': [id, 'Arn'] });
});

test('a failure pages within two of three runs; a probe that does not run is a ticket, and no page at night', () => {
  const alarm = (name: string) => {
    const { Period, EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData } =
      alarmsOf(templates).get(`staging-${name}`) ?? assert.fail(name);
    return [Period, EvaluationPeriods, DatapointsToAlarm, Threshold, ComparisonOperator, TreatMissingData];
  };
  assert.deepEqual(alarm('probe-failed'), [300, 3, 2, 1, 'GreaterThanOrEqualToThreshold', 'notBreaching']);
  assert.deepEqual(alarm('probe-silent'), [300, 3, undefined, 1, 'LessThanThreshold', 'breaching']);
  assert.deepEqual(alarm('no-traffic'), [undefined, 3, undefined, 1, 'LessThanThreshold', 'notBreaching']);
  const metrics = alarmsOf(templates).get('staging-no-traffic')?.['Metrics'] as { Expression?: string }[];
  assert.deepEqual(
    metrics.flatMap(({ Expression }) => Expression ?? []),
    ['IF(FILL(runs, 0) > 0, FILL(requests, 0), 1)'],
    'without a run, no request means nothing',
  );
  const [requests] = resourcesOf('AWS::CloudWatch::CompositeAlarm').filter(({ AlarmName }) =>
    AlarmName.endsWith('requests-impaired'),
  );
  for (const name of ['probe-failed', 'no-traffic'])
    assert.ok(requests?.['AlarmRule'].includes(`ALARM("staging-${name}")`), name);
});

test('it can be less frequent, or switched off; without the shop there is none', () => {
  const hourly = synthesizeAll({ probe: { everyMinutes: 60 } });
  assert.equal(alarmsOf(hourly).get('probe-failed')?.['Period'], 3600);
  assert.deepEqual(names(hourly), ['probe-failed', 'no-traffic', 'probe-silent']);
  for (const changes of [{ probe: false }, { services: ['product'] }, { services: ['cart', 'analytics'] }]) {
    const without = synthesizeAll(changes as Partial<SettingsInput>);
    assert.deepEqual([probes(without), names(without)], [[], []]);
    assert.deepEqual(resourcesOf('AWS::Lambda::Permission', without), []);
  }
  const withProbe = (probe: unknown) => () =>
    readSettings({ ...production, probe: probe as SettingsInput['probe'] });
  assert.throws(withProbe({ everyMinutes: 1 }), /probe/);
  assert.throws(withProbe(true), /probe/);
});
