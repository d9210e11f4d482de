import type { CounterName } from '@tandem/contracts/metric-catalog';
import type { ServiceName } from '@tandem/contracts/topology';
import { type CustomMetricGroup, type MetricFactory, MetricStatistic } from 'cdk-monitoring-constructs';

/** Widgets of the metrics of stock and holds that `service` emits. Each metric has exactly the dimensions with which it is emitted. */
export function stockMetrics(service: ServiceName, own: MetricFactory): CustomMetricGroup[] {
  const counted = (name: CounterName, label: string) =>
    own.createMetric(name, MetricStatistic.SUM, label, { service });
  const heldBy = (holder: 'guest' | 'user', label: string) =>
    own.createMetricMath(
      `RUNNING_SUM(FILL(${holder}, 0))`,
      { [holder]: own.createMetric('UnitsHeldChange', MetricStatistic.SUM, label, { service, holder }) },
      label,
    );
  return [
    {
      // Tasks emit changes only; no task knows the sum.
      title: 'Units held, relative to the left edge',
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
