import { assumptions } from '../assumptions.ts';
import { type Facts, SERVICES } from '../facts.ts';
import { beyond, type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, lineInput, type Line } from '../line.ts';

/** Lines of logs, metrics, alarms, dashboards, images and secrets. */
export function observabilityLines(billed: Billed): Line[] {
  const { facts, flows, measured, pricing } = billed;
  const logs = plus(figure(flows.logs.services.value, 'GB'), figure(flows.logs.relays.value, 'GB'));
  const metrics = plus(
    ...SERVICES.flatMap((service) => [
      figure(measured.telemetry[service].customMetrics),
      // Includes the 4xx metrics of each route, which occur in each hour at these rates.
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
      times(beyond(logs, pricing.freeTierOf('logsGb')), pricing.priceOf('logsGb')),
      lineInput('GB of services', flows.logs.services),
      lineInput('GB of relays', flows.logs.relays),
    ),
    line(
      'observability',
      'Custom metrics',
      times(beyond(metrics, pricing.freeTierOf('customMetrics')), pricing.priceOf('customMetric')),
    ),
    line(
      'observability',
      'Alarms, by metric',
      times(beyond(alarms, pricing.freeTierOf('alarmMetrics')), pricing.priceOf('alarmMetric')),
    ),
    line(
      'observability',
      'Dashboards',
      times(beyond(dashboards, pricing.freeTierOf('dashboards')), pricing.priceOf('dashboard')),
    ),
    ...(rules > 0
      ? [
          line(
            'observability',
            'Contributor Insights of tables',
            times(figure(rules, 'rules'), pricing.priceOf('contributorInsightsRule')),
          ),
        ]
      : []),
    ...insights(billed),
    line('other', 'Images', times(figure(assumptions.imagesGb, 'GB'), pricing.priceOf('ecrGb'))),
    ...(secrets > 0 ? [line('other', 'Secrets', times(figure(secrets), pricing.priceOf('secret')))] : []),
  ];
}

/** Lines of Container Insights, if a cluster has it. */
function insights({ facts, pricing }: Billed): Line[] {
  const { insightsClusters } = facts.watch;
  if (insightsClusters === 0) return [];
  const { cluster, service } = assumptions.containerInsights;
  const metrics = times(figure(insightsClusters), plus(figure(cluster), figure(service)));
  return [
    line('observability', 'Container Insights', times(metrics, pricing.priceOf('containerInsightsMetric'))),
  ];
}

/** Metrics of our own alarms, and of the alarms that target tracking policies create. */
function alarmMetrics(facts: Facts): Figure {
  const { alarmMetrics: ours, scalingPolicies: policies } = facts.watch;
  const capacities = facts.tables
    .flatMap(({ read, write }) => [read, write])
    .filter(({ mode }) => mode === 'provisioned').length;
  return plus(
    figure(ours, 'own'),
    times(figure(policies, 'policies'), figure(assumptions.alarmsOfPolicy)),
    times(figure(capacities, 'capacities'), figure(assumptions.alarmsOfCapacity)),
  );
}
