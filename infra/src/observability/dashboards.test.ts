import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { metricCatalog, type MetricName } from '@tandem/contracts/metric-catalog';
import { topology } from '@tandem/contracts/topology';
import { resources, synthesize } from '../testing/synth.ts';

/** The dimensions of a metric that services and relays emit. CloudWatch finds a metric only by all of them. */
function dimensionsOf(name: string): string[] {
  assert.ok(name in metricCatalog, `${name} is not in the metric catalogue`);
  return ['service', ...metricCatalog[name as MetricName].dimensions].toSorted();
}

const { observability } = synthesize();
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
  const alarmed = resources(synthesize(), 'AWS::CloudWatch::Alarm').flatMap(({ Properties }) => {
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
