import type { Definitions } from '../definitions.ts';
import type { Metric } from '../datapoints.ts';
import { publishers } from '@tandem/contracts/topology';

/** Fault that only AWS can cause, as datapoints in the form that AWS would publish. */
export interface SimulatedFault {
  readonly alarm: string;
  readonly fault: string;
  readonly metric: Metric;
  /** Minutes with the value 1; the alarm is evaluated at the end of the last. */
  readonly minutes: readonly number[];
}

/** Faults that cannot be caused locally; their alarms are evaluated on datapoints as AWS would publish them. */
export function notObservable({ only }: Definitions): readonly SimulatedFault[] {
  return publishers.flatMap(([service]): SimulatedFault[] => {
    const EventSourceMappingUUID = only(service, 'AWS::Lambda::EventSourceMapping', 'Id');
    const ofMapping = (name: string) => ({
      namespace: 'AWS/Lambda',
      name,
      dimensions: { EventSourceMappingUUID },
    });
    return [
      {
        // The concurrency of an account cannot be exhausted locally. https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html
        alarm: `${service}-relay-throttled`,
        fault: 'Lambda throttles the relay',
        metric: {
          namespace: 'AWS/Lambda',
          name: 'Throttles',
          dimensions: { FunctionName: `${service}-relay` },
        },
        minutes: [3, 8],
      },
      {
        // The local relay retries forever. Metrics of event source mappings with `EventCount`: same page.
        alarm: `${service}-relay-gave-up`,
        fault: 'Lambda moves expired changes to the failure bucket',
        metric: ofMapping('OnFailureDestinationDeliveredEventCount'),
        minutes: [8],
      },
      {
        alarm: `${service}-relay-gave-up`,
        fault: 'Lambda drops expired changes',
        metric: ofMapping('DroppedEventCount'),
        minutes: [8],
      },
    ];
  });
}
