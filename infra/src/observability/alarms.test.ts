import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishers, serviceNames, topology } from '@tandem/contracts/topology';
import { resources, synthesize, type Templates } from '../testing/synth.ts';

const templates = synthesize({ alarmEmail: 'operators@example.com' });
const routed = serviceNames.filter((service) => topology.services[service].paths.length > 0);

function alarms({ observability }: Templates = templates) {
  const all = resources({ observability }, 'AWS::CloudWatch::Alarm');
  return new Map(all.map(({ Properties }) => [String(Properties['AlarmName']), Properties]));
}

/** Names of the alarms that the topology requires. */
function expected(): string[] {
  const relayAlarms = ['late', 'stuck', 'errors', 'throttled', 'silent', 'gave-up'];
  return [
    ...serviceNames.map((service) => `${service}-tasks`),
    ...routed.flatMap((service) => ['errors', 'connections', 'latency'].map((what) => `${service}-${what}`)),
    ...Object.keys(topology.tables).map((table) => `${table}-throttled`),
    ...publishers.flatMap(([service, { parkingQueue }]) => [
      parkingQueue,
      ...relayAlarms.map((what) => `${service}-relay-${what}`),
    ]),
    ...Object.entries(topology.queues).flatMap(([queue, { deadLetterQueue }]) => [
      `${queue}-age`,
      deadLetterQueue,
    ]),
    ...topology.subscriptions.map(({ deadLetterQueue }) => deadLetterQueue),
    'edge-errors',
    'product-units-short',
    'product-held-share',
  ];
}

test('the alarms are exactly those that the topology requires', () => {
  assert.deepEqual([...alarms().keys()].toSorted(), expected().toSorted());
});

test('each alarm notifies the operators and describes the first step and the section of the runbook', () => {
  for (const [name, { AlarmActions, OKActions, AlarmDescription, ActionsEnabled }] of alarms()) {
    assert.notEqual(ActionsEnabled, false, name);
    for (const actions of [AlarmActions, OKActions] as { Ref: string }[][]) {
      const [action, ...rest] = actions;
      const topic = templates.observability.Resources[action?.Ref ?? ''];
      assert.deepEqual([topic?.Properties['TopicName'], rest], ['operators-topic', []], name);
    }
    assert.match(String(AlarmDescription), / First: [^]+\ndocs\/runbook\.md#[a-z-]+$/, name);
  }
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

test('requests that never reached a task raise alarms: 5xx of the load balancer itself, and failed connections', () => {
  const counted = (name: string) => {
    const { MetricName, Dimensions, Statistic } = alarms().get(name) ?? {};
    return [MetricName, Statistic, (Dimensions as { Name: string }[]).map(({ Name }) => Name)] as unknown[];
  };
  assert.deepEqual(counted('edge-errors'), ['HTTPCode_ELB_5XX_Count', 'Sum', ['LoadBalancer']]);
  for (const service of routed)
    assert.deepEqual(counted(`${service}-connections`), [
      'TargetConnectionErrorCount',
      'Sum',
      ['LoadBalancer', 'TargetGroup'],
    ]);
});

test('one message in a dead-letter or parking queue raises an alarm', () => {
  const failureQueues = [
    ...Object.values(topology.queues).map(({ deadLetterQueue }) => deadLetterQueue),
    ...topology.subscriptions.map(({ deadLetterQueue }) => deadLetterQueue),
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

test('missing data counts as missing tasks, and as no breach for all other alarms', () => {
  for (const [name, { TreatMissingData }] of alarms())
    assert.equal(TreatMissingData, name.endsWith('-tasks') ? 'breaching' : 'notBreaching', name);
});

test('tasks are counted by the load balancer, or by their own metrics behind none', () => {
  for (const service of serviceNames) {
    const { Namespace, MetricName, Statistic, Threshold } = alarms().get(`${service}-tasks`) ?? {};
    const metric = routed.includes(service)
      ? ['AWS/ApplicationELB', 'HealthyHostCount', 'Minimum']
      : ['AWS/ECS', 'CPUUtilization', 'SampleCount'];
    assert.deepEqual([Namespace, MetricName, Statistic, Threshold], [...metric, 2], service);
  }
});

test('the alarm for a stuck relay is raised well before its changes are moved to the failure bucket', () => {
  for (const [service] of publishers) {
    const stuck = Number(alarms().get(`${service}-relay-stuck`)?.['Threshold']);
    const [mapping] = resources({ [service]: templates[service] }, 'AWS::Lambda::EventSourceMapping');
    const maxAge = Number(mapping?.Properties['MaximumRecordAgeInSeconds']) * 1000;
    assert.ok(stuck > 0 && stuck * 10 <= maxAge, `${stuck} ms of ${maxAge} ms`);
    assert.deepEqual(
      mapping?.Properties['MetricsConfig'],
      { Metrics: ['EventCount'] },
      'required by two alarms',
    );
  }
});

test('a silent relay raises an alarm after one hour, even with a single write', () => {
  for (const [service] of publishers) {
    const alarm = alarms().get(`${service}-relay-silent`);
    const metrics = alarm?.['Metrics'] as { MetricStat?: { Period: number } }[];
    assert.equal(alarm?.['EvaluationPeriods'], 1);
    assert.deepEqual(
      metrics.flatMap(({ MetricStat }) => MetricStat?.Period ?? []),
      [3_600, 3_600],
    );
  }
});

test('with a canary, alarms watch both target groups, also those of the deployment itself', () => {
  const canary = synthesize({ deployment: 'canary' });
  const own = resources({ cart: canary.cart }, 'AWS::CloudWatch::Alarm');
  const all = new Map([
    ...alarms(canary),
    ...own.map(({ Properties }) => [Properties['AlarmName'], Properties] as const),
  ]);
  for (const name of [
    'cart-errors',
    'cart-connections',
    'cart-latency',
    'cart-tasks',
    'cart-deployment-errors',
    'cart-deployment-connections',
    'cart-deployment-latency',
  ]) {
    const metrics = all.get(name)?.['Metrics'] as { MetricStat?: { Metric: { Dimensions: unknown[] } } }[];
    const watched = metrics.flatMap(({ MetricStat }) =>
      MetricStat ? [JSON.stringify(MetricStat.Metric.Dimensions)] : [],
    );
    assert.equal(new Set(watched).size, 2, name);
  }
});

test('the latency alarm ignores periods with fewer than 100 requests, where one slow request would be the p99', () => {
  const metrics = alarms().get('cart-latency')?.['Metrics'] as { Expression?: string }[];
  const [expression] = metrics.flatMap(({ Expression }) => Expression ?? []);
  assert.equal(expression, 'IF(FILL(requests0, 0) >= 100, MAX([m0]), 0)');
});

test('alarms that fill in missing data do not need the newest minute, which is not published yet', () => {
  for (const deployment of ['rolling', 'canary'] as const) {
    const all = resources(synthesize({ deployment }), 'AWS::CloudWatch::Alarm');
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
  for (const [name, alarm] of alarms(synthesize({ namePrefix: 'staging-' }))) {
    assert.match(name, /^staging-/);
    for (const { Name, Value } of (alarm['Dimensions'] ?? []) as { Name: string; Value: unknown }[])
      if (['QueueName', 'TableName', 'FunctionName'].includes(Name)) assert.match(String(Value), /^staging-/);
  }
});

test('operators are notified by e-mail, and only CloudWatch and Budgets may publish to their topic', () => {
  const { observability } = templates;
  const [subscription] = resources({ observability }, 'AWS::SNS::Subscription');
  assert.deepEqual(
    [subscription?.Properties['Protocol'], subscription?.Properties['Endpoint']],
    ['email', 'operators@example.com'],
  );
  const [policy] = resources({ observability }, 'AWS::SNS::TopicPolicy');
  const statements = policy?.Properties['PolicyDocument'].Statement as {
    Effect: string;
    Principal: unknown;
  }[];
  const allowed = statements.filter(({ Effect }) => Effect === 'Allow').map(({ Principal }) => Principal);
  assert.deepEqual(allowed, [{ Service: ['budgets.amazonaws.com', 'cloudwatch.amazonaws.com'] }]);
});

test('the budget notifies at 80 % of its limit and when a forecast exceeds it', () => {
  const budgets = ({ observability }: Templates) => resources({ observability }, 'AWS::Budgets::Budget');
  const [budget] = budgets(templates);
  assert.deepEqual(budget?.Properties['Budget'].BudgetLimit, { Amount: 500, Unit: 'USD' });
  const notifications = budget?.Properties['NotificationsWithSubscribers'] as {
    Notification: { NotificationType: string; Threshold: number };
  }[];
  assert.deepEqual(
    notifications.map(({ Notification: { NotificationType, Threshold } }) => [NotificationType, Threshold]),
    [
      ['ACTUAL', 80],
      ['FORECASTED', 100],
    ],
  );
});

test('there is a dashboard for each service, and one for the events', () => {
  const dashboards = resources({ observability: templates.observability }, 'AWS::CloudWatch::Dashboard');
  const names = dashboards.map(({ Properties }) => String(Properties['DashboardName']));
  assert.deepEqual(names.toSorted(), ['events', ...serviceNames].map((name) => `tandem-${name}`).toSorted());
  const events = dashboards.find(({ Properties }) => Properties['DashboardName'] === 'tandem-events');
  const body = JSON.stringify(events);
  for (const metric of [
    'IteratorAge',
    'ApproximateAgeOfOldestMessage',
    'RelayLag',
    'PropagationDelay',
    'MessagesFailed',
  ])
    assert.ok(body.includes(metric), metric);
});
