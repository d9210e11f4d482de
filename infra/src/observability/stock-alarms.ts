import { Duration } from 'aws-cdk-lib';
import type { ServiceName } from '@tandem/contracts/topology';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';

const MINUTE = Duration.minutes(1);
/** Share of a product's units on hand. Typically carts hold about 20 % of a product that sells well, more when it is almost sold out. */
const HELD_PERCENT = 80;

/** Alarms for oversold stock, and for stock that carts hold without buying it. `service` emits the metrics. */
export function stockAlarms(service: ServiceName, metrics: Metrics): AlarmSpec[] {
  return [
    {
      id: `${service}-units-short`,
      metric: metrics.unitsShort(service, MINUTE),
      threshold: 1,
      periods: 1,
      description:
        'More units of a product were sold than are on hand. First: find the order and the missing units in the InventoryShort event, then count the stock of the product.',
      section: 'oversold-stock',
      severity: 'ticket',
      because: 'the order is stored, and somebody who knows the stock decides about it by day',
    },
    {
      id: `${service}-held-share`,
      metric: metrics.heldShare(service, MINUTE),
      threshold: HELD_PERCENT,
      // The share is recorded when it changes: a client that reserves everything within a minute leaves one datapoint.
      periods: 1,
      description: `Carts hold ${HELD_PERCENT} % or more of the units on hand of a product. First: check whether this is a sale or one client hoarding; compare the units held by guests and by users on the dashboard.`,
      section: 'stock-hoarding',
      severity: 'ticket',
      because: 'holds are released by themselves after minutes, and most often it is a sale',
    },
  ];
}
