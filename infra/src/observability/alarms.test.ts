import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishers, serviceNames, topology } from '@tandem/contracts/topology';
import type { SettingsInput } from '../settings.ts';
import { alarmsOf } from '../testing/alarms.ts';
import { resources, stacksOf, synthesize, synthesizeAll, type Templates } from '../testing/synth.ts';

const templates = synthesizeAll();
const tasks = serviceNames.filter((service) => topology.services[service].runsAs === 'task');
const routed = serviceNames.filter((service) => topology.services[service].paths.length > 0);
const routedTasks = routed.filter((service) => tasks.includes(service));

const alarms = (of: Templates = templates) => alarmsOf(of);

/** Names of the alarms that the topology requires. */
function expected(): string[] {
  const relayAlarms = ['late', 'silent', 'gave-up'];
  return [
    ...tasks.flatMap((service) =>
      ['tasks', 'tasks-at-maximum', 'memory'].map((what) => `${service}-${what}`),
    ),
    ...routed.map((service) => `${service}-errors`),
    ...routedTasks.flatMap((service) => ['latency', 'rejected-tokens'].map((what) => `${service}-${what}`)),
    ...tasks
      .flatMap((service) => topology.services[service].table ?? [])
      .flatMap((table) => [`${table}-throttled`, `${table}-near-limit`]),
    ...publishers.flatMap(([service, { parkingQueue, topic }]) => [
      parkingQueue,
      `${topic}-filtered`,
      ...relayAlarms.map((what) => `${service}-relay-${what}`),
    ]),
    ...Object.entries(topology.queues).flatMap(([queue, { deadLetterQueue, consumer }]) => [
      `${queue}-age`,
      `${consumer}-unknown-events`,
      deadLetterQueue,
    ]),
    'edge-errors',
    'functions-throttled',
    'nat-gateway',
    'no-traffic',
    'probe-failed',
    'probe-silent',
    'product-units-short',
    'product-held-share',
  ];
}

test('the alarms are exactly those that the topology requires', () => {
  assert.deepEqual([...alarms().keys()].toSorted(), expected().toSorted());
});

test('oversold and hoarded stock raise alarms, by metrics that Product emits', () => {
  const read = (name: string) => {
    const { Namespace, MetricName, Dimensions, Statistic, Period, Threshold, ...alarm } =
      alarms().get(name) ?? {};
    assert.deepEqual([Namespace, Dimensions], ['Tandem', [{ Name: 'service', Value: 'product' }]], name);
    const { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = alarm;
    return [MetricName, Statistic, Period, Threshold, DatapointsToAlarm, EvaluationPeriods] as unknown[];
  };
  assert.deepEqual(read('product-units-short'), ['UnitsShort', 'Sum', 60, 1, 1, 1]);
  assert.deepEqual(read('product-held-share'), ['HeldSharePercent', 'Maximum', 60, 80, 1, 1]);
});

test('rejected tokens raise an alarm for each service that runs as tasks behind the load balancer (security 10)', () => {
  for (const service of routedTasks) {
    const { Namespace, MetricName, Dimensions, Statistic, Period, Threshold } =
      alarms().get(`${service}-rejected-tokens`) ?? {};
    assert.deepEqual(
      [Namespace, MetricName, Dimensions, Statistic, Period, Threshold],
      ['Tandem', 'TokensRejected', [{ Name: 'service', Value: service }], 'Sum', 300, 100],
    );
  }
});

test('requests that never reached a task raise an alarm: 5xx of the load balancer itself', () => {
  const { MetricName, Dimensions, Statistic } = alarms().get('edge-errors') ?? {};
  const names = (Dimensions as { Name: string }[]).map(({ Name }) => Name);
  assert.deepEqual([MetricName, Statistic, names], ['HTTPCode_ELB_5XX_Count', 'Sum', ['LoadBalancer']]);
});

/** Metrics of an alarm, in the order of its definition. */
function metricsOf(name: string, of: Templates = templates): string[] {
  const { MetricName, Metrics = [] } = alarms(of).get(name) ?? {};
  const queries = Metrics as { MetricStat?: { Metric: { MetricName: string } } }[];
  return MetricName
    ? [String(MetricName)]
    : queries.flatMap(({ MetricStat }) => MetricStat?.Metric.MetricName ?? []);
}

test('events that a subscription should have accepted raise an alarm: all that are filtered out, or those without a type', () => {
  const untyped = [
    'NumberOfNotificationsFilteredOut-NoMessageAttributes',
    'NumberOfNotificationsFilteredOut-InvalidAttributes',
  ];
  // Analytics has fewer types of either topic, on purpose.
  for (const topic of ['cart-events-topic', 'product-events-topic'])
    assert.deepEqual(metricsOf(`${topic}-filtered`), untyped, topic);
  const shop = synthesize({ services: ['product', 'cart'] });
  assert.deepEqual(metricsOf('cart-events-topic-filtered', shop), ['NumberOfNotificationsFilteredOut']);
  assert.deepEqual(
    metricsOf('product-events-topic-filtered', shop),
    untyped,
    'InventoryShort is for operators',
  );
});

test('a table near its limits raises an alarm, whatever its capacity mode', () => {
  const expressionOf = (capacity: SettingsInput['capacity']) => {
    const { Metrics } = alarms(synthesizeAll({ capacity })).get('carts-near-limit') ?? {};
    return (Metrics as { Expression?: string }[]).flatMap(({ Expression }) => Expression ?? []);
  };
  // In percent of the limit times 300 s.
  assert.deepEqual(expressionOf({ mode: 'onDemand', maxReadUnits: 1_000, maxWriteUnits: 500 }), [
    `MAX([FILL(reads, 0) * ${100 / 300_000}, FILL(writes, 0) * ${100 / 150_000}])`,
  ]);
  assert.deepEqual(expressionOf({ mode: 'provisioned', minUnits: 5, maxUnits: 100 }), [
    `MAX([FILL(reads, 0) * ${100 / 30_000}, FILL(writes, 0) * ${100 / 30_000}])`,
  ]);
});

test('services without a reserve of tasks raise an alarm, unless their number is fixed', () => {
  const { Threshold, Statistic, DatapointsToAlarm } = alarms().get('cart-tasks-at-maximum') ?? {};
  assert.deepEqual([Threshold, Statistic, DatapointsToAlarm], [8, 'Minimum', 15]);
  assert.ok(!alarms(synthesizeAll({ tasks: { min: 2, max: 2 } })).has('cart-tasks-at-maximum'));
});

test('NAT gateways raise an alarm, if there are any', () => {
  assert.deepEqual(metricsOf('nat-gateway'), ['ErrorPortAllocation', 'PacketsDropCount']);
  assert.ok(!alarms(synthesizeAll({ egress: 'ipv6' })).has('nat-gateway'));
});

test('one message in a dead-letter or parking queue raises an alarm', () => {
  const failureQueues = [
    ...Object.values(topology.queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ...publishers.map(([, { parkingQueue }]) => parkingQueue),
  ];
  for (const name of failureQueues) {
    const alarm = alarms().get(name);
    assert.deepEqual(alarm?.['Dimensions'], [{ Name: 'QueueName', Value: name }]);
    assert.equal(alarm?.['MetricName'], 'ApproximateNumberOfMessagesVisible');
    const { Threshold, EvaluationPeriods, ComparisonOperator } = alarm ?? {};
    assert.deepEqual([Threshold, EvaluationPeriods], [1, 1]);
    assert.equal(ComparisonOperator, 'GreaterThanOrEqualToThreshold');
  }
});

test('missing data counts as missing tasks and as a relay that does not poll, and as no breach for all other alarms', () => {
  for (const [name, { TreatMissingData }] of alarms())
    assert.equal(TreatMissingData, /-(tasks|silent)$/.test(name) ? 'breaching' : 'notBreaching', name);
});

test('tasks are counted by the load balancer, or by their own metrics behind none', () => {
  for (const service of tasks) {
    const { Namespace, MetricName, Statistic, Threshold } = alarms().get(`${service}-tasks`) ?? {};
    const metric = routed.includes(service)
      ? ['AWS/ApplicationELB', 'HealthyHostCount', 'Minimum']
      : ['AWS/ECS', 'CPUUtilization', 'SampleCount'];
    assert.deepEqual([Namespace, MetricName, Statistic, Threshold], [...metric, 2], service);
  }
});

test('messages of a function may fail three times before the age of the oldest raises an alarm', () => {
  for (const [queue, { consumer }] of Object.entries(topology.queues)) {
    const threshold = Number(alarms().get(`${queue}-age`)?.['Threshold']);
    if (tasks.includes(consumer)) assert.equal(threshold, 300, queue);
    else {
      const [visibility = 0] = resources(stacksOf(templates, consumer), 'AWS::SQS::Queue').flatMap(
        ({ Properties }) =>
          Properties['QueueName'] === queue ? Number(Properties['VisibilityTimeout']) : [],
      );
      assert.ok(visibility > 0 && threshold >= 4 * visibility, queue);
    }
  }
});

test('the alarm for a late relay is raised well before its changes are moved to the failure bucket', () => {
  for (const [service] of publishers) {
    const late = Number(alarms().get(`${service}-relay-late`)?.['Threshold']);
    const [mapping] = resources({ [service]: templates[service] }, 'AWS::Lambda::EventSourceMapping');
    const maxAge = Number(mapping?.Properties['MaximumRecordAgeInSeconds']) * 1000;
    assert.ok(late > 0 && late * 10 <= maxAge, `${late} ms of ${maxAge} ms`);
    assert.deepEqual(
      mapping?.Properties['MetricsConfig'],
      { Metrics: ['EventCount'] },
      'required by two alarms',
    );
  }
});

test('a relay that does not poll raises an alarm after 15 minutes, with or without writes (F3)', () => {
  for (const [service] of publishers) {
    const { MetricName, Statistic, Period, Threshold, EvaluationPeriods, ComparisonOperator } =
      alarms().get(`${service}-relay-silent`) ?? {};
    assert.deepEqual(
      [MetricName, Statistic, Period, Threshold, EvaluationPeriods, ComparisonOperator],
      ['PolledEventCount', 'SampleCount', 300, 1, 3, 'LessThanThreshold'],
    );
  }
});

test('with a canary, alarms watch both target groups, also those of the deployment itself', () => {
  const canary = synthesizeAll({ deployment: 'canary' });
  const own = resources({ cart: canary.cart }, 'AWS::CloudWatch::Alarm');
  const all = new Map([
    ...alarms(canary),
    ...own.map(({ Properties }) => [Properties['AlarmName'], Properties] as const),
  ]);
  for (const name of [
    'cart-errors',
    'cart-latency',
    'cart-tasks',
    'cart-deployment-errors',
    'cart-deployment-connections',
    'cart-deployment-latency',
  ]) {
    const metrics = all.get(name)?.['Metrics'] as {
      MetricStat?: { Metric: { Namespace: string; Dimensions: unknown[] } };
    }[];
    const watched = metrics.flatMap(({ MetricStat }) =>
      MetricStat?.Metric.Namespace === 'AWS/ApplicationELB'
        ? [JSON.stringify(MetricStat.Metric.Dimensions)]
        : [],
    );
    assert.equal(new Set(watched).size, 2, name);
  }
  // While requests are shifted, both have all tasks: their sum would be the maximum.
  for (const name of ['cart-tasks', 'cart-tasks-at-maximum']) {
    const queries = all.get(name)?.['Metrics'] as { Expression?: string }[];
    assert.deepEqual(
      queries.flatMap(({ Expression }) => Expression ?? []),
      ['MAX([m0,m1])'],
      name,
    );
  }
});

test('the latency alarm compares slow requests with all, and ignores periods with fewer than 100', () => {
  const metrics = alarms().get('cart-latency')?.['Metrics'] as { Expression?: string }[];
  const [expression] = metrics.flatMap(({ Expression }) => Expression ?? []);
  assert.equal(expression, 'IF(FILL(requests0, 0) >= 100, 100 * FILL(slow, 0) / (FILL(requests0, 0)), 0)');
  assert.deepEqual(metricsOf('cart-latency'), ['SlowRequests', 'RequestCount']);
});

test('alarms that fill in missing data do not need the newest minute, which is not published yet', () => {
  for (const deployment of ['rolling', 'canary'] as const) {
    const all = resources(synthesizeAll({ deployment }), 'AWS::CloudWatch::Alarm');
    const filled = all.filter(({ Properties: { Metrics = [], TreatMissingData } }) => {
      const queries = Metrics as { Expression?: string; MetricStat?: { Period: number } }[];
      const isOfMinutes = queries.some(({ MetricStat }) => MetricStat?.Period === 60);
      return TreatMissingData === 'notBreaching' && isOfMinutes && JSON.stringify(queries).includes('FILL(');
    });
    assert.ok(filled.length > 0);
    for (const { Properties } of filled) {
      const { AlarmName, EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods } = Properties;
      assert.ok(Number(DatapointsToAlarm) < Number(EvaluationPeriods), String(AlarmName));
    }
  }
});

test('the name prefix applies to every alarm and to the resources that it watches', () => {
  for (const [name, alarm] of alarms(synthesizeAll({ namePrefix: 'staging-' }))) {
    assert.match(name, /^staging-/);
    for (const { Name, Value } of (alarm['Dimensions'] ?? []) as { Name: string; Value: unknown }[])
      if (['QueueName', 'TableName', 'FunctionName', 'TopicName'].includes(Name))
        assert.match(String(Value), /^staging-/);
  }
});
