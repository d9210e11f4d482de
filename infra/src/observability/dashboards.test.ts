import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { metricCatalog, type MetricName } from '@tandem/contracts/metric-catalog';
import { serviceNames, topology } from '@tandem/contracts/topology';
import { resources, synthesizeAll } from '../testing/synth.ts';

/** The dimensions of a metric that services and relays emit. CloudWatch finds a metric only by all of them. */
function dimensionsOf(name: string): string[] {
  assert.ok(name in metricCatalog, `${name} is not in the metric catalogue`);
  return ['service', ...metricCatalog[name as MetricName].dimensions].toSorted();
}

const { observability } = synthesizeAll();
const bodies = resources({ observability }, 'AWS::CloudWatch::Dashboard').map(({ Properties }) =>
  textOf(Properties['DashboardBody']),
);

/** A template text with placeholders for the values that AWS generates. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : 'known-to-aws';
}

interface AlarmMetric {
  readonly Namespace?: string;
  readonly MetricName?: string;
  readonly Dimensions?: readonly { readonly Name: string }[];
}

interface Widget {
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
}

/** Rows of all widgets: namespace, name, dimensions and rendering of a metric, or an expression. */
const rows = bodies.flatMap((body) =>
  (JSON.parse(body) as { widgets: readonly Widget[] }).widgets.flatMap(
    ({ properties }) => properties.metrics ?? [],
  ),
);
const expressions = rows.flatMap(([first]) => {
  const { expression } = (typeof first === 'object' ? first : {}) as { expression?: string };
  return expression ?? [];
});

test('each metric that the services emit is looked up by exactly the dimensions with which it is emitted', () => {
  const own = rows.filter(([namespace]) => namespace === 'Tandem');
  assert.ok(own.length > 10);
  for (const [, name, ...rest] of own) {
    const names = rest.filter((it) => typeof it === 'string').filter((_, i) => i % 2 === 0);
    assert.deepEqual(names.toSorted(), dimensionsOf(String(name)), String(name));
  }
});

test('each alarm on a metric of the services names exactly the dimensions with which it is emitted', () => {
  const alarmed = resources(synthesizeAll(), 'AWS::CloudWatch::Alarm').flatMap(({ Properties }) => {
    const { Metrics = [] } = Properties as { Metrics?: { MetricStat?: { Metric: AlarmMetric } }[] };
    return [Properties as AlarmMetric, ...Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? [])];
  });
  const own = alarmed.filter(({ Namespace }) => Namespace === 'Tandem');
  assert.ok(own.length >= 2);
  for (const { MetricName = '', Dimensions = [] } of own)
    assert.deepEqual(Dimensions.map(({ Name }) => Name).toSorted(), dimensionsOf(MetricName), MetricName);
});

test('each metric of the catalogue is emitted by a service, the relay or a shared package', () => {
  const root = join(import.meta.dirname, '../../..');
  const files = globSync(['services/*/src/**/*.ts', 'packages/{chassis,relay,storage}/src/**/*.ts'], {
    cwd: root,
  });
  const code = files
    .filter((file) => !/\.test\.ts$|testing/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const calls = new Set(
    [...code.matchAll(/(?:\.(?:count|observe)\(|observeAge\(metrics, )'(\w+)'/g)].map(([, name]) => name),
  );
  assert.deepEqual(
    Object.keys(metricCatalog).filter((name) => !calls.has(name)),
    [],
  );
});

test('each metric in a SEARCH expression has the dimensions with which it is emitted (house M5)', () => {
  const searches = expressions.filter((it) => /SEARCH\(.*"Tandem"/.test(it));
  const routed = Object.values(topology.services).filter(({ paths }) => paths.length > 0);
  assert.equal(searches.length, routed.length);
  for (const search of searches) {
    const [, schema = ''] = /\{"Tandem",([^}]*)\}/.exec(search) ?? [];
    const [, name = ''] = /MetricName="(\w+)"/.exec(search) ?? [];
    const names = schema.split(',').map((it) => it.replaceAll('"', ''));
    assert.deepEqual(names.toSorted(), dimensionsOf(name), search);
  }
});

test('the functions of a service are on the dashboard of the events, with the responses that the load balancer counts', () => {
  for (const [service, { runsAs, queues, paths }] of Object.entries(topology.services)) {
    if (runsAs !== 'function') continue;
    const body = bodies.find((it) => it.includes(`"markdown":"# ${service}"`)) ?? '';
    const kinds = [...(queues.length > 0 ? ['consumer'] : []), ...(paths.length > 0 ? ['api'] : [])];
    for (const kind of kinds) assert.ok(body.includes(`${service}: ${kind} function`), kind);
    if (paths.length > 0) assert.ok(body.includes('HTTPCode_Target_5XX_Count'));
  }
});

test('stock and holds are on a dashboard, by guests and by users', () => {
  const own = rows.filter(([namespace]) => namespace === 'Tandem');
  const shown = new Set(own.map(([, name]) => name));
  for (const name of [
    'UnitsHeldChange',
    'HeldSharePercent',
    'UnitsExpired',
    'UnitsShort',
    'ReservationsRejected',
    'RequestsBeyondHorizon',
  ])
    assert.ok(shown.has(name), name);
  for (const holder of ['guest', 'user']) {
    assert.ok(expressions.includes(`RUNNING_SUM(FILL(${holder}, 0))`), holder);
    assert.ok(
      own.some((row) => row[1] === 'UnitsHeldChange' && row.includes(holder)),
      holder,
    );
  }
});

test('there is a dashboard for each service that runs as tasks, and one for the events and all others', () => {
  const dashboards = resources({ observability }, 'AWS::CloudWatch::Dashboard');
  const tasks = serviceNames.filter((service) => topology.services[service].runsAs === 'task');
  const names = dashboards.map(({ Properties }) => String(Properties['DashboardName']));
  assert.deepEqual(names.toSorted(), ['events', ...tasks].map((name) => `tandem-${name}`).toSorted());
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

test('the deletions by TTL are shown for each table, since nothing else shows that they are late', () => {
  const shown = rows.flatMap((row) => (row[1] === 'TimeToLiveDeletedItemCount' ? [String(row[3])] : []));
  assert.deepEqual(shown.toSorted(), Object.keys(topology.tables).toSorted());
});
