import { assumptions } from '../assumptions.ts';
import { type Facts, SERVICES } from '../facts.ts';
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
  const { contributorRules: rules } = facts.watch;
  const dashboards = figure(facts.watch.dashboards);
  const { secrets } = facts;
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
  const { insightsClusters } = facts.watch;
  if (insightsClusters === 0) return [];
  const { cluster, service } = assumptions.containerInsights;
  const metrics = times(figure(insightsClusters), plus(figure(cluster), figure(service)));
  return [
    line('observability', 'Container Insights', times(metrics, quote.price('containerInsightsMetric'))),
  ];
}

/** Each metric that an alarm looks at is paid for; scaling that follows a target makes alarms of its own. */
function alarmMetrics(facts: Facts): Figure {
  const { alarmMetrics: ours, scalingPolicies: policies } = facts.watch;
  const capacities = facts.tables
    .flatMap(({ read, write }) => [read, write])
    .filter(({ mode }) => mode === 'provisioned').length;
  return plus(
    figure(ours, 'ours'),
    times(figure(policies, 'policies'), figure(assumptions.alarmsOfPolicy)),
    times(figure(capacities, 'capacities'), figure(assumptions.alarmsOfCapacity)),
  );
}
