import { type Resource, resources, type Templates } from './synth.ts';

/** A metric that templates refer to, where it is used. */
export interface UsedMetric {
  readonly where: 'alarm' | 'scaling' | 'dashboard';
  readonly namespace: string;
  readonly name: string;
  /** In alphabetical order. */
  readonly dimensions: readonly string[];
  readonly statistic: string;
}

interface CfnMetric {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly { readonly Name: string }[];
}
interface CfnQuery {
  readonly MetricStat?: { readonly Metric: CfnMetric; readonly Stat: string };
}
interface Widget {
  readonly properties: { readonly metrics?: readonly (readonly unknown[])[]; readonly stat?: string };
}

/** All metrics of alarms, policies of scaling, and dashboards, those that expressions search or compute with included. */
export function usedMetrics(templates: Partial<Templates>): UsedMetric[] {
  const of = (type: string) => resources(templates, type).map(({ Properties }) => Properties);
  const policies = of('AWS::ApplicationAutoScaling::ScalingPolicy').map(
    (policy) => policy['TargetTrackingScalingPolicyConfiguration']?.CustomizedMetricSpecification ?? {},
  );
  return [
    ...of('AWS::CloudWatch::Alarm').flatMap((alarm) => ofDefinition('alarm', alarm)),
    ...policies.flatMap((policy) => ofDefinition('scaling', policy)),
    ...of('AWS::CloudWatch::Dashboard').flatMap(({ DashboardBody }) => ofDashboard(textOf(DashboardBody))),
  ];
}

function ofDefinition(where: UsedMetric['where'], definition: Resource['Properties']): UsedMetric[] {
  const queries = (definition['Metrics'] ?? []) as readonly CfnQuery[];
  const metrics = queries.flatMap(({ MetricStat }) =>
    MetricStat ? [{ ...MetricStat.Metric, Stat: MetricStat.Stat }] : [],
  );
  const { MetricName, Statistic, ExtendedStatistic } = definition;
  if (MetricName !== undefined)
    metrics.push({ ...(definition as unknown as CfnMetric), Stat: String(Statistic ?? ExtendedStatistic) });
  return metrics.map(({ Namespace, MetricName: name, Dimensions = [], Stat }) => ({
    where,
    namespace: Namespace,
    name,
    dimensions: Dimensions.map(({ Name }) => Name).toSorted(),
    statistic: Stat,
  }));
}

function ofDashboard(body: string): UsedMetric[] {
  const { widgets } = JSON.parse(body) as { readonly widgets: readonly Widget[] };
  return widgets
    .flatMap(({ properties: { metrics = [], stat = 'Average' } }) => metrics.map((row) => ofRow(row, stat)))
    .flat();
}

/** Namespace, name, names and values of dimensions, and rendering; or an expression. */
function ofRow(row: readonly unknown[], defaultStatistic: string): UsedMetric[] {
  const [namespace, name, ...rest] = row;
  if (typeof namespace !== 'string')
    return ofExpression((namespace as { expression?: string }).expression ?? '');
  const { stat } = (typeof rest.at(-1) === 'object' ? rest.at(-1) : {}) as { stat?: string };
  const dimensions = rest.filter((it) => typeof it === 'string').filter((_, i) => i % 2 === 0);
  return [
    {
      where: 'dashboard',
      namespace,
      name: String(name),
      dimensions: dimensions.toSorted(),
      statistic: stat ?? defaultStatistic,
    },
  ];
}

/** The metrics that a SEARCH finds; an expression without one computes with rows of its own. */
function ofExpression(expression: string): UsedMetric[] {
  return [
    ...expression.matchAll(/SEARCH\('\{"([^"]+)",([^}]*)\}[^']*MetricName="(\w+)"[^']*', '(\w+)'/g),
  ].map(([, namespace = '', schema = '', name = '', statistic = '']) => ({
    where: 'dashboard',
    namespace,
    name,
    dimensions: schema
      .split(',')
      .map((it) => it.replaceAll('"', ''))
      .toSorted(),
    statistic,
  }));
}

/** A template text with placeholders for the values that AWS generates. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join } = value as { 'Fn::Join'?: [string, unknown[]] };
  return join ? join[1].map(textOf).join(join[0]) : 'known-to-aws';
}
