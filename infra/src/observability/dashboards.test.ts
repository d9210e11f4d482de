import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { resources, synthesize } from '../testing/synth.ts';

/**
 * The dimensions that services and relays emit beside `service`, by metric: CloudWatch finds a metric by all of its dimensions
 * or not at all. Those that are not listed have none.
 */
const emitted: Readonly<Record<string, readonly string[]>> = {
  RequestLatency: ['route'],
  UnitsHeldChange: ['holder'],
};

const { observability } = synthesize();
const bodies = resources({ observability }, 'AWS::CloudWatch::Dashboard').map(({ Properties }) =>
  textOf(Properties['DashboardBody']),
);

/** A text as it will be where AWS has put in what only it knows. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : 'known-to-aws';
}

interface Widget {
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
}

/** The rows of all widgets: namespace, name, dimensions and rendering of a metric, or an expression. */
const rows = bodies.flatMap((body) =>
  (JSON.parse(body) as { widgets: readonly Widget[] }).widgets.flatMap(
    ({ properties }) => properties.metrics ?? [],
  ),
);
const expressions = rows.flatMap(([first]) => {
  const { expression } = (typeof first === 'object' ? first : {}) as { expression?: string };
  return expression ?? [];
});

test('each metric of our own is looked up by the dimensions with which it is emitted', () => {
  const own = rows.filter(([namespace]) => namespace === 'Tandem');
  assert.ok(own.length > 10);
  for (const [, name, ...rest] of own) {
    const names = rest.filter((it) => typeof it === 'string').filter((_, i) => i % 2 === 0);
    assert.deepEqual(
      names.toSorted(),
      ['service', ...(emitted[String(name)] ?? [])].toSorted(),
      String(name),
    );
  }
});

test('each metric of our own is named in the code of a service, the relay or what they share', () => {
  const root = join(import.meta.dirname, '../../..');
  const files = globSync(['services/*/src/**/*.ts', 'packages/{chassis,relay,storage}/src/**/*.ts'], {
    cwd: root,
  });
  const code = files
    .filter((file) => !/\.test\.ts$|testing/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');
  const names = new Set(rows.flatMap(([namespace, name]) => (namespace === 'Tandem' ? [String(name)] : [])));
  assert.deepEqual(
    [...names].filter((name) => !code.includes(`'${name}'`)),
    [],
  );
});

test('so is a metric that is searched for (house M5)', () => {
  const searches = expressions.filter((it) => /SEARCH\(.*"Tandem"/.test(it));
  assert.equal(searches.length, 2);
  for (const search of searches) {
    const [, schema = ''] = /\{"Tandem",([^}]*)\}/.exec(search) ?? [];
    const [, name = ''] = /MetricName="(\w+)"/.exec(search) ?? [];
    const names = schema.split(',').map((it) => it.replaceAll('"', ''));
    assert.deepEqual(names.toSorted(), ['service', ...(emitted[name] ?? [])].toSorted(), search);
  }
});

test('stock and holds are shown, by guests and by users', () => {
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
