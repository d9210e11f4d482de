import { type CustomMetricGroup, type MetricFactory, MetricStatistic } from 'cdk-monitoring-constructs';

const service = 'product';

/** What Product emits of stock and holds, as widgets. Each metric has exactly the dimensions with which it is emitted. */
export function stockMetrics(own: MetricFactory): CustomMetricGroup[] {
  const counted = (name: string, label: string) =>
    own.createMetric(name, MetricStatistic.SUM, label, { service });
  const heldBy = (holder: 'guest' | 'user', label: string) =>
    own.createMetricMath(
      `RUNNING_SUM(FILL(${holder}, 0))`,
      { [holder]: own.createMetric('UnitsHeldChange', MetricStatistic.SUM, label, { service, holder }) },
      label,
    );
  return [
    {
      // Only changes are emitted: a task knows what it changed, and nobody the sum.
      title: 'Units held, more or fewer than at the left edge',
      metrics: [heldBy('guest', 'by guests'), heldBy('user', 'by users')],
    },
    {
      title: 'Largest held share of a product, %',
      metrics: [own.createMetric('HeldSharePercent', MetricStatistic.MAX, 'held', { service })],
    },
    {
      title: 'Holds and sales',
      metrics: [
        counted('UnitsExpired', 'units of expired holds'),
        counted('ReservationsRejected', 'reservations rejected'),
        counted('UnitsShort', 'units short'),
        counted('RequestsBeyondHorizon', 'requests beyond the horizon'),
      ],
    },
  ];
}
