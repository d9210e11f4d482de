import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricKey, readMetricCatalog } from '../testing/metric-catalog.ts';
import type { SettingsInput } from '../settings.ts';
import { asFunctions, asTasks, synthesizeAll, type SynthesizeOptions } from '../testing/synth.ts';
import { type UsedMetric, usedMetrics } from '../testing/used-metrics.ts';

const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html';
const SNS = 'https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html';
const SQS =
  'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html';
const ECS = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html';
const INSIGHTS =
  'https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-ECS.html';

/** Metrics that the catalogue of the library lacks, with the page of AWS that has them: name, dimensions, statistic. */
const others: Readonly<Record<string, readonly [dimensions: string[], statistic: string, source: string]>> = {
  'AWS/Lambda PolledEventCount': [['EventSourceMappingUUID'], 'SampleCount', LAMBDA],
  'AWS/Lambda DroppedEventCount': [['EventSourceMappingUUID'], 'Sum', LAMBDA],
  'AWS/Lambda OnFailureDestinationDeliveredEventCount': [['EventSourceMappingUUID'], 'Sum', LAMBDA],
  'AWS/SNS NumberOfNotificationsFilteredOut': [['TopicName'], 'Sum', SNS],
  'AWS/SNS NumberOfNotificationsFilteredOut-NoMessageAttributes': [['TopicName'], 'Sum', SNS],
  'AWS/SNS NumberOfNotificationsFilteredOut-InvalidAttributes': [['TopicName'], 'Sum', SNS],
  'ECS/ContainerInsights RunningTaskCount': [['ClusterName', 'ServiceName'], 'Average', INSIGHTS],
};

/** Statistics that AWS documents for a metric besides that of the catalogue. */
const statistics: Readonly<Record<string, readonly [statistic: string, source: string]>> = {
  // "Each task reports once a minute": as many samples as tasks.
  'AWS/ECS CPUUtilization': ['SampleCount', ECS],
  'AWS/SQS NumberOfMessagesSent': ['Sum', SQS],
  'AWS/SQS NumberOfMessagesDeleted': ['Sum', SQS],
};

const domain = { name: 'shop.example.org', zone: { id: 'Z1', name: 'example.org' } };
const variants: readonly (readonly [Partial<SettingsInput>, SynthesizeOptions?])[] = [
  [{}],
  [{ services: ['product', 'cart'] }],
  [{ deployment: 'canary', capacity: 'steady', containerInsights: true }, asTasks],
  [{ egress: 'ipv6', probe: false }, asFunctions],
  [{ domain, cloudFront: { prefixListId: 'pl-3b927c52' } }],
];
const used = variants.flatMap(([changes, options]) => usedMetrics(synthesizeAll(changes, options)));
/** Without our own. */
const ofAws = used.filter(({ namespace }) => namespace !== 'Tandem');
const catalog = readMetricCatalog();

/** Whether a statistic means something, given the one that AWS recommends: a sum is no gauge; an average of 0 and 1 is a rate. */
function isMeant({ where, namespace, name, statistic }: UsedMetric, recommended: string): boolean {
  if (statistic === recommended || statistics[metricKey(namespace, name)]?.[0] === statistic) return true;
  if (recommended === 'Sum') return where === 'dashboard' && statistic === 'Average';
  return recommended === 'Average' && /^(?:Minimum|Maximum|p\d+)$/.test(statistic);
}

/** What is wrong with a metric of AWS, if anything. */
function faultOf(metric: UsedMetric): string[] {
  const { where, namespace, name, dimensions, statistic } = metric;
  const key = metricKey(namespace, name);
  const [own, recommended] = others[key] ?? [];
  const known = own && recommended ? [{ dimensions: own, statistic: recommended }] : (catalog.get(key) ?? []);
  const matching = known.filter((it) => it.dimensions.join() === dimensions.join());
  if (known.length === 0) return [`${where}: there is no ${key}`];
  if (matching.length === 0)
    return [`${where}: ${key} is not published by ${dimensions.join(', ') || 'none'}`];
  return matching.some((it) => isMeant(metric, it.statistic)) ? [] : [`${where}: ${key} has no ${statistic}`];
}

test('each metric of AWS in alarms, scaling, dashboards and expressions is in the catalogue of AWS, by its name, dimensions and statistic', () => {
  for (const where of ['alarm', 'scaling', 'dashboard'])
    assert.ok(
      ofAws.some((metric) => metric.where === where),
      where,
    );
  assert.ok(new Set(ofAws.map(({ name }) => name)).size > 25);
  assert.deepEqual([...new Set(ofAws.flatMap(faultOf))], []);
});

test('what the catalogue lacks is listed with its source, used, and still lacking', () => {
  const keys = new Set(used.map(({ namespace, name }) => metricKey(namespace, name)));
  for (const [key, [, , source]] of Object.entries(others)) {
    assert.ok(!catalog.has(key), `${key} is in the catalogue now`);
    assert.ok(keys.has(key), `${key} is not used`);
    assert.match(source, /^https:\/\/docs\.aws\.amazon\.com\//);
  }
  for (const [key, [statistic]] of Object.entries(statistics))
    assert.ok(
      used.some(
        (metric) => metricKey(metric.namespace, metric.name) === key && metric.statistic === statistic,
      ),
      `${statistic} of ${key} is not used`,
    );
});

test('a wrong name, dimension or statistic is a fault', () => {
  const right: UsedMetric = {
    where: 'alarm',
    namespace: 'AWS/ApplicationELB',
    name: 'RequestCount',
    dimensions: ['LoadBalancer', 'TargetGroup'],
    statistic: 'Sum',
  };
  assert.deepEqual(faultOf(right), []);
  assert.match(String(faultOf({ ...right, name: 'RequestCounts' })), /there is no/);
  assert.match(String(faultOf({ ...right, dimensions: ['TargetGroup'] })), /is not published by TargetGroup/);
  assert.match(String(faultOf({ ...right, dimensions: [] })), /is not published by none/);
  assert.match(String(faultOf({ ...right, statistic: 'Average' })), /has no Average/);
  assert.deepEqual(faultOf({ ...right, where: 'dashboard', statistic: 'Average' }), []);
});
