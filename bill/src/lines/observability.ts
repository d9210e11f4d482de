import { assumptions } from '../assumptions.ts';
import { type Facts, type Properties, SERVICES } from '../facts.ts';
import { beyond, type Figure, figure, plus, times } from '../formula.ts';
import { basis, type Billed, line, type Line } from '../line.ts';

/** Logs, metrics, alarms, dashboards; images and what is left. */
export function observabilityLines(billed: Billed): Line[] {
  const { facts, flows, measured, quote } = billed;
  const logs = plus(figure(flows.logs.services.value, 'GB'), figure(flows.logs.relays.value, 'GB'));
  const metrics = plus(
    ...SERVICES.flatMap((service) => [
      figure(measured.telemetry[service].customMetrics),
      // At these rates each route has some 4xx in each hour: metrics of their own.
    ]),
  );
  const alarms = alarmMetrics(facts);
  const dashboards = figure(facts.all('AWS::CloudWatch::Dashboard').length);
  const rules = contributorRules(facts);
  const secrets = facts.all('AWS::SecretsManager::Secret').length;
  const infrequent = facts
    .all('AWS::Logs::LogGroup')
    .some((it) => it['LogGroupClass'] === 'INFREQUENT_ACCESS');
  if (infrequent) throw new Error('a log group of infrequent access: say what its part of the logs is');
  return [
    line(
      'observability',
      'Logs',
      times(beyond(logs, quote.free('logsGb')), quote.price('logsGb')),
      basis('GB of services', flows.logs.services),
      basis('GB of relays', flows.logs.relays),
    ),
    line(
      'observability',
      'Metrics of our own',
      times(beyond(metrics, quote.free('customMetrics')), quote.price('customMetric')),
    ),
    line(
      'observability',
      'Alarms, by metric',
      times(beyond(alarms, quote.free('alarmMetrics')), quote.price('alarmMetric')),
    ),
    line(
      'observability',
      'Dashboards',
      times(beyond(dashboards, quote.free('dashboards')), quote.price('dashboard')),
    ),
    ...(rules > 0
      ? [
          line(
            'observability',
            'Contributor Insights of tables',
            times(figure(rules, 'rules'), quote.price('contributorInsightsRule')),
          ),
        ]
      : []),
    ...insights(billed),
    line('other', 'Images', times(figure(assumptions.imagesGb, 'GB'), quote.price('ecrGb'))),
    ...(secrets > 0 ? [line('other', 'Secrets', times(figure(secrets), quote.price('secret')))] : []),
  ];
}

/** Container Insights, where a cluster has it. */
function insights({ facts, quote }: Billed): Line[] {
  const clusters = facts
    .all('AWS::ECS::Cluster')
    .flatMap((it) => (it['ClusterSettings'] ?? []) as Properties[])
    .filter(({ Name, Value }) => Name === 'containerInsights' && Value !== 'disabled');
  if (clusters.length === 0) return [];
  const { cluster, service } = assumptions.containerInsights;
  const metrics = times(figure(clusters.length), plus(figure(cluster), figure(service)));
  return [
    line('observability', 'Container Insights', times(metrics, quote.price('containerInsightsMetric'))),
  ];
}

/** Each metric that an alarm looks at is paid for; scaling that follows a target makes alarms of its own. */
function alarmMetrics(facts: Facts): Figure {
  const ours = facts.all('AWS::CloudWatch::Alarm').reduce((sum, alarm) => sum + metricsOf(alarm), 0);
  const policies = facts
    .all('AWS::ApplicationAutoScaling::ScalingPolicy')
    .filter((it) => it['PolicyType'] === 'TargetTrackingScaling').length;
  const capacities = facts.tables
    .flatMap(({ read, write }) => [read, write])
    .filter(({ mode }) => mode === 'provisioned').length;
  return plus(
    figure(ours, 'ours'),
    times(figure(policies, 'policies'), figure(assumptions.alarmsOfPolicy)),
    times(figure(capacities, 'capacities'), figure(assumptions.alarmsOfCapacity)),
  );
}

function metricsOf(alarm: Properties): number {
  const metrics = alarm['Metrics'] as Properties[] | undefined;
  return metrics ? metrics.filter((it) => it['MetricStat'] !== undefined).length : 1;
}

/** Of throttled keys: a rule for the partition key, and where there is a sort key one for both. */
function contributorRules(facts: Facts): number {
  return facts.all('AWS::DynamoDB::GlobalTable').reduce((sum, table) => {
    const [replica] = table['Replicas'] as Properties[];
    const indexes = (replica?.['GlobalSecondaryIndexes'] ?? []) as Properties[];
    const rulesOf = (of: Properties | undefined, keys: number) => {
      const { Enabled, Mode } = of?.['ContributorInsightsSpecification'] ?? {};
      return Enabled === true ? keys * (Mode === 'THROTTLED_KEYS' ? 1 : 2) : 0;
    };
    const keys = (table['KeySchema'] as unknown[]).length;
    const ofIndexes = indexes.reduce((rules, index) => rules + rulesOf(index, 2), 0);
    return sum + rulesOf(replica, keys) + ofIndexes;
  }, 0);
}
