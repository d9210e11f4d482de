import type { PublishBatchCommandInput, PublishBatchCommandOutput } from '@aws-sdk/client-sns';
import type { ServiceName, TopicName } from '@tandem/contracts/topology';
import { type AwsCall, resourceName } from './aws-call.ts';
import type { Faults } from './faults.ts';
import { readMessage } from './message.ts';
import type { SpanLinks } from './span-links.ts';
import type { Report } from './telemetry-message.ts';

/** Delay of a publish call under the fault `deliveriesDelayed`. */
const DELAY_MS = 2_000;
/** Delay of the duplicate under the fault `deliveriesDuplicated`. */
const DUPLICATE_DELAY_MS = 500;

type Publish = AwsCall<PublishBatchCommandInput, PublishBatchCommandOutput>;

interface PublishInterceptorOptions {
  readonly faults: Faults;
  readonly report: Report;
  readonly links: Pick<SpanLinks, 'parentOf'>;
}

/** Intercepts publish calls: reports published events, and injects faults into those of the relay of a service. */
export function createPublishInterceptor({ faults, report, links }: PublishInterceptorOptions) {
  const held = new Map<symbol, { readonly service: ServiceName; readonly since: number }>();
  const reportHeld = (service: ServiceName) => {
    const times = [...held.values()].filter((batch) => batch.service === service).map(({ since }) => since);
    report({ kind: 'held', service, since: times.length === 0 ? undefined : Math.min(...times) });
  };

  const hold = async (service: ServiceName, since: number) => {
    const isStopped = faults.isOn('relayStopped', service);
    const isDelayed = faults.isOn('deliveriesDelayed', service);
    if (!isStopped && !isDelayed) return;
    const batch = Symbol(service);
    held.set(batch, { service, since });
    reportHeld(service);
    if (isDelayed) await faults.pause(DELAY_MS);
    await faults.untilOff('relayStopped', service);
    held.delete(batch);
    reportHeld(service);
  };

  return (service: ServiceName | undefined) =>
    async ({ input, send }: Publish): Promise<PublishBatchCommandOutput> => {
      const topic = resourceName(input.TopicArn) as TopicName;
      const entries = (input.PublishBatchRequestEntries ?? []).map(
        ({ Id, Message: body = '', MessageAttributes }) => ({
          Id,
          body,
          ...readMessage(body, MessageAttributes),
        }),
      );
      const sendAndReport = async () => {
        const output = await send();
        const failed = new Set(output.Failed?.map(({ Id }) => Id));
        const at = Date.now();
        for (const { Id, body, event, ...timing } of entries) {
          if (failed.has(Id)) continue;
          const bytes = Buffer.byteLength(body);
          // An event that no relay publishes is sent in the span of its cause itself.
          const cause = timing.spanId && (links.parentOf(timing.spanId) ?? timing.spanId);
          const causedBy = cause === undefined ? {} : { parentSpanId: cause };
          const step = { kind: 'published', at, topic, bytes, ...timing, ...causedBy, ...event } as const;
          report({ kind: 'step', step, body });
        }
        return output;
      };
      if (service === undefined) return sendAndReport();
      await hold(service, Math.min(...entries.map(({ committedAt }) => committedAt ?? Date.now())));
      if (faults.isOn('deliveriesDuplicated', service)) {
        // The result of the duplicate does not matter; a closed client sends nothing.
        void faults
          .pause(DUPLICATE_DELAY_MS)
          .then(sendAndReport)
          .catch(() => undefined);
      }
      return sendAndReport();
    };
}
