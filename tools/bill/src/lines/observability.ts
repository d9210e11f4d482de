import { assumptions } from '../assumptions.ts';
import type { Facts } from '../facts.ts';
import { type Figure, figure, plus, times } from '../formula.ts';
import { type Billed, line, type Line } from '../line.ts';
import { serviceMeasurement } from '../measurement.ts';

/** Lines of logs, metrics, alarms, dashboards, images and secrets. */
export function observabilityLines({ facts, flows, measured, pricing }: Billed): Line[] {
  const { contributorRules, dashboards, insightsClusters } = facts.watch;
  const services = Object.keys(facts.services);
  const logs = plus(figure(flows.logs.services.value, 'GB'), figure(flows.logs.relays.value, 'GB'));
  // Includes the 4xx metrics of each route, which occur in each hour at these rates.
  const metrics = services.map((service) => figure(serviceMeasurement(measured, service).customMetrics));
  const images = figure(assumptions.imagesGbPerService * services.length, 'GB');
  const lines = [
    line('observability', 'Logs', pricing.costOf(logs, 'logsGb'), {
      'GB of services': flows.logs.services,
      'GB of relays': flows.logs.relays,
    }),
    line('observability', 'Custom metrics', pricing.costOf(plus(...metrics), 'customMetric')),
    line('observability', 'Alarms, by metric', pricing.costOf(alarmMetrics(facts), 'alarmMetric')),
    line('observability', 'Dashboards', pricing.costOf(figure(dashboards), 'dashboard')),
    line('other', 'Images', pricing.costOf(images, 'ecrGb')),
  ];
  if (contributorRules > 0) {
    const rules = figure(contributorRules, 'rules');
    const cost = pricing.costOf(rules, 'contributorInsightsRule');
    lines.push(line('observability', 'Contributor Insights of tables', cost));
  }
  if (insightsClusters > 0) {
    const { cluster, service } = assumptions.containerInsights;
    const insights = times(figure(insightsClusters), plus(figure(cluster), figure(service)));
    const cost = pricing.costOf(insights, 'containerInsightsMetric');
    lines.push(line('observability', 'Container Insights', cost));
  }
  if (facts.secrets > 0)
    lines.push(line('other', 'Secrets', pricing.costOf(figure(facts.secrets), 'secret')));
  return lines;
}

/** Metrics of our own alarms, and of the alarms that target tracking policies create. */
function alarmMetrics({ watch, tables }: Facts): Figure {
  const capacities = tables
    .flatMap(({ read, write }) => [read, write])
    .filter(({ mode }) => mode === 'provisioned').length;
  return plus(
    figure(watch.alarmMetrics, 'own'),
    times(figure(watch.scalingPolicies, 'policies'), figure(assumptions.alarmsOfPolicy)),
    times(figure(capacities, 'capacities'), figure(assumptions.alarmsOfCapacity)),
  );
}
