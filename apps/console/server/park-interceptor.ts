import type { SendMessageCommandInput, SendMessageCommandOutput } from '@aws-sdk/client-sqs';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { type AwsCall, resourceName } from './aws-call.ts';
import { readMessage } from './message.ts';
import type { SpanLinks } from './span-links.ts';
import type { Report } from './telemetry-message.ts';

interface ParkInterceptorOptions {
  readonly report: Report;
  readonly links: Pick<SpanLinks, 'parentOf'>;
}

/** Intercepts what the relay of a service sends to its parking queue: reports the events that it cannot publish. */
export function createParkInterceptor({ report, links }: ParkInterceptorOptions) {
  return (service: ServiceName) =>
    async ({ input, send }: AwsCall<SendMessageCommandInput, SendMessageCommandOutput>) => {
      const output = await send();
      const { topic, parkingQueue } = topology.relays[service] ?? {};
      if (topic === undefined || resourceName(input.QueueUrl) !== parkingQueue) return output;
      const { event, ...timing } = readMessage(input.MessageBody ?? '', input.MessageAttributes);
      const cause = timing.spanId && links.parentOf(timing.spanId);
      const reason = input.MessageAttributes?.['reason']?.StringValue ?? 'unknown';
      const causedBy = cause === undefined ? {} : { parentSpanId: cause };
      report({
        kind: 'step',
        step: { kind: 'parked', at: Date.now(), topic, reason, ...timing, ...causedBy, ...event },
      });
      return output;
    };
}
