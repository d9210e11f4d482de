import { Duration } from 'aws-cdk-lib';
import type { AlarmSpec } from './alarm-spec.ts';
import type { Metrics } from './metrics.ts';

const MINUTE = Duration.minutes(1);
/** Of the units on hand of one product. A product that sells well is held to a fifth or so, except when it is almost sold out. */
const HELD_PERCENT = 80;

/** Alarms for stock that is sold although it is not there, or held although nobody buys it. Product emits the metrics. */
export function stockAlarms(metrics: Metrics): AlarmSpec[] {
  return [
    {
      id: 'product-units-short',
      metric: metrics.unitsShort(MINUTE),
      threshold: 1,
      periods: 1,
      description:
        'A sale exceeded the stock on hand. First: find the order and the missing units in the InventoryShort event, then count the product.',
      section: 'a-sale-exceeds-the-stock',
    },
    {
      id: 'product-held-share',
      metric: metrics.heldShare(MINUTE),
      threshold: HELD_PERCENT,
      // The share is observed when it changes: who takes all within a minute leaves one datapoint.
      periods: 1,
      description: `Carts hold ${HELD_PERCENT} % or more of the units on hand of a product. First: is it a sale, or does one client hoard? Compare the units held by guests and by users on the dashboard.`,
      section: 'somebody-hoards-stock',
    },
  ];
}
