import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAlarm } from './alarm.ts';
import { createDatapoints, type Metric } from './datapoints.ts';
import { statisticOf } from './statistic.ts';

const dimensions = { LoadBalancer: 'b', TargetGroup: 'g' };
const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
const errors: Metric = { namespace: 'AWS/ApplicationELB', name: 'Errors', dimensions };

const base = {
  AlarmName: 'errors',
  Namespace: 'AWS/ApplicationELB',
  MetricName: 'Errors',
  Dimensions: Dimensions.toReversed(),
  Statistic: 'Sum',
  Period: 300,
  EvaluationPeriods: 1,
  Threshold: 10,
  ComparisonOperator: 'GreaterThanOrEqualToThreshold',
  TreatMissingData: 'notBreaching',
};

/** State of an alarm in a minute, with the values of a metric by minute. */
function stateAt(
  minute: number,
  valuesByMinute: Readonly<Record<number, number>>,
  changes: object = {},
  metric = errors,
) {
  const datapoints = createDatapoints();
  for (const [at, value] of Object.entries(valuesByMinute)) datapoints.add(metric, Number(at), value);
  return readAlarm({ ...base, ...changes }).stateAt(minute, datapoints, 'INSUFFICIENT_DATA');
}

test('a period ends at its evaluation, and contains the values of its minutes', () => {
  const valuesByMinute = { 10: 4, 14: 6 };
  assert.equal(stateAt(15, valuesByMinute), 'ALARM');
  assert.equal(stateAt(14, valuesByMinute), 'OK', 'minute 14 has not ended');
  assert.equal(stateAt(16, { ...valuesByMinute, 15: 0 }), 'OK', 'minute 10 is outside of the period');
});

test('metrics differ by their dimensions, in any order', () => {
  const other = { ...errors, dimensions: { ...dimensions, AvailabilityZone: 'a' } };
  assert.equal(stateAt(15, { 12: 10 }, {}, other), 'OK');
  assert.equal(stateAt(15, { 12: 10 }, { Dimensions }), 'ALARM');
});

test('each comparison operator includes or excludes the threshold itself', () => {
  const states = (ComparisonOperator: string) =>
    [9, 10, 11].map((value) => stateAt(15, { 12: value }, { ComparisonOperator }));
  assert.deepEqual(states('GreaterThanOrEqualToThreshold'), ['OK', 'ALARM', 'ALARM']);
  assert.deepEqual(states('GreaterThanThreshold'), ['OK', 'OK', 'ALARM']);
  assert.deepEqual(states('LessThanThreshold'), ['ALARM', 'OK', 'OK']);
  assert.deepEqual(states('LessThanOrEqualToThreshold'), ['ALARM', 'ALARM', 'OK']);
});

test('with M out of N, M breached periods raise the alarm; without M, all N are needed', () => {
  const valuesByMinute = { 10: 10, 11: 0, 12: 10 };
  const three = { Period: 60, EvaluationPeriods: 3 };
  assert.equal(stateAt(13, valuesByMinute, three), 'OK');
  assert.equal(stateAt(13, valuesByMinute, { ...three, DatapointsToAlarm: 2 }), 'ALARM');
});

test('the default treatment of missing data depends on the namespace', () => {
  const { TreatMissingData: _, ...silent } = base;
  const stateOf = (properties: Record<string, unknown>) =>
    readAlarm(properties).stateAt(9, createDatapoints(), 'ALARM');
  assert.equal(stateOf(silent), 'INSUFFICIENT_DATA');
  assert.equal(stateOf({ ...silent, Namespace: 'AWS/DynamoDB' }), 'ALARM', 'DynamoDB: as it was');
});

test('an expression over metrics is evaluated, and exactly one result must be returned', () => {
  const MetricStat = {
    Metric: { Namespace: errors.namespace, MetricName: errors.name, Dimensions },
    Stat: 'Sum',
    Period: 60,
  };
  const { Namespace, MetricName, Dimensions: _, Statistic, Period, ...rest } = base;
  assert.deepEqual([Namespace, MetricName, Statistic, Period].filter(Boolean).length, 4);
  const Metrics = [
    { Id: 'twice', Expression: '2 * m' },
    { Id: 'm', MetricStat, ReturnData: false },
  ];
  const datapoints = createDatapoints();
  datapoints.add(errors, 3, 5);
  const alarm = readAlarm({ ...rest, Metrics });
  assert.deepEqual(alarm.metrics, [errors]);
  assert.equal(alarm.stateAt(4, datapoints, 'OK'), 'ALARM');
  assert.throws(() => readAlarm({ ...rest, Metrics: [...Metrics, { Id: 'again', Expression: 'm' }] }), /one/);
});

test('unsupported properties are rejected', () => {
  for (const change of [
    { Unit: 'Seconds' },
    { EvaluateLowSampleCountPercentile: 'ignore' },
    { ThresholdMetricId: 'e1' },
    { ComparisonOperator: 'LessThanLowerThreshold' },
    { Statistic: 'tm99' },
    { Period: 10 },
    { Dimensions: [{ Name: 'QueueName', Value: { Ref: 'Queue' } }] },
  ])
    assert.throws(() => readAlarm({ ...base, ...change }), JSON.stringify(change));
});

test('statistics are computed by their name in CloudWatch', () => {
  const values = [5, 1, 4, 2, 3];
  const of = (name: string) => statisticOf(name)(values);
  assert.deepEqual(
    ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount', 'p50', 'p99', 'p0.1'].map(of),
    [15, 3, 1, 5, 5, 3, 5, 1],
  );
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.equal(statisticOf('p99')(hundred), 99);
});
