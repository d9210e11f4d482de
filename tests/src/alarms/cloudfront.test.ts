import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createResolve } from '../../../infra/src/testing/privileges/intrinsics.ts';
import { resources, synthesizeAll } from '../../../infra/src/testing/synth.ts';
import { readAlarm } from './alarm.ts';
import { createDatapoints } from './datapoints.ts';

const domain = { name: 'shop.example.org', zone: { id: 'Z1', name: 'example.org' } };
const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
const cloudFront = { prefixListId: 'pl-3b927c52', certificateArn };

function alarmIn(region: string) {
  const templates = synthesizeAll({ domain, cloudFront, region });
  const [alarm] = resources({ observability: templates.observability }, 'AWS::CloudWatch::Alarm').filter(
    ({ Properties }) => Properties['AlarmName'] === 'cloudfront-errors',
  );
  return (
    alarm &&
    (createResolve(templates)('observability', withoutActions(alarm.Properties)) as Record<string, unknown>)
  );
}
const withoutActions = (properties: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(properties).filter(([name]) => !name.endsWith('Actions')));

test('failures of CloudFront raise an alarm, a single one at night does not', () => {
  const alarm = readAlarm(alarmIn('us-east-1') ?? assert.fail());
  const [metric] = alarm.metrics;
  assert.ok(metric);
  const stateOf = (...percents: readonly number[]) => {
    const datapoints = createDatapoints();
    percents.forEach((percent, i) => datapoints.add(metric, 3 + 5 * i, percent));
    return alarm.stateAt(15, datapoints, 'OK');
  };
  assert.equal(stateOf(0, 0, 0), 'OK');
  assert.equal(stateOf(0, 25, 0), 'OK');
  assert.equal(stateOf(0, 60, 60), 'ALARM');
  assert.equal(stateOf(60, 0, 10), 'ALARM');
});

test('where its metrics are not, there is no alarm that could never be raised', () => {
  assert.equal(alarmIn('eu-central-1'), undefined);
});
