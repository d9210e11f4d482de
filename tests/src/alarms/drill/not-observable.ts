import type { Definitions } from '../definitions.ts';
import type { Metric } from '../datapoints.ts';
import { services } from './system.ts';

/** What only AWS can do to us: nothing here is observed, it is written in the form in which AWS would publish it. */
export interface Written {
  readonly alarm: string;
  readonly fault: string;
  readonly metric: Metric;
  /** The minutes in which it is 1; the alarm is evaluated at the end of the last. */
  readonly minutes: readonly number[];
}

/** Not observable here: evaluated on datapoints as AWS would send them. */
export function notObservable({ only }: Definitions): readonly Written[] {
  return services.flatMap((service): Written[] => {
    const EventSourceMappingUUID = only(service, 'AWS::Lambda::EventSourceMapping', 'Id');
    const ofMapping = (name: string) => ({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { EventSourceMappingUUID },
    });
    return [
      {
        // No account's concurrency is used up here. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        alarm: `${service}-relay-throttled`,
        fault: 'Lambda has no room for the relay',
        metric: {
          namespace: 'AWS/Lambda',
          name: 'Throttles',
          dimensions: { FunctionName: `${service}-relay` },
        },
        minutes: [3, 8],
      },
      {
        // The relay here tries for ever. As is told of an event source mapping with `EventCount` metrics: same page.
        alarm: `${service}-relay-gave-up`,
        fault: 'Lambda gives changes up and keeps them',
        metric: ofMapping('OnFailureDestinationDeliveredEventCount'),
        minutes: [8],
      },
      {
        alarm: `${service}-relay-gave-up`,
        fault: 'Lambda gives changes up and cannot keep them',
        metric: ofMapping('DroppedEventCount'),
        minutes: [8],
      },
    ];
  });
}
