import type { PublishBatchCommandInput, PublishBatchCommandOutput } from '@aws-sdk/client-sns';
import type { ServiceName, TopicName } from '@tandem/contracts/topology';
import { type Call, nameOf } from './call.ts';
import type { Faults } from './faults.ts';
import { readMessage } from './message.ts';
import type { Report } from './note.ts';

/** How long a publish waits where deliveries are delayed. */
const DELAY_MS = 2_000;
/** How much later what is published twice comes again. */
const AGAIN_MS = 500;

/** What becomes of batches that are published: those of a relay, which `service` names, meet its faults. */
export function createPublication(faults: Faults, report: Report) {
  const held = new Map<symbol, { readonly service: ServiceName; readonly since: number }>();
  const tellHeld = (service: ServiceName) => {
    const times = [...held.values()].filter((it) => it.service === service).map(({ since }) => since);
    report({ kind: 'held', service, since: times.length === 0 ? undefined : Math.min(...times) });
  };

  const hold = async (service: ServiceName, since: number) => {
    const isStopped = faults.isOn('relayStopped', service);
    const isDelayed = faults.isOn('deliveriesDelayed', service);
    if (!isStopped && !isDelayed) return;
    const batch = Symbol(service);
    held.set(batch, { service, since });
    tellHeld(service);
    if (isDelayed) await faults.pause(DELAY_MS);
    await faults.untilOff('relayStopped', service);
    held.delete(batch);
    tellHeld(service);
  };

  return async (
    { input, send }: Call<PublishBatchCommandInput, PublishBatchCommandOutput>,
    service: ServiceName | undefined,
  ): Promise<PublishBatchCommandOutput> => {
    const topic = nameOf(input.TopicArn) as TopicName;
    const entries = (input.PublishBatchRequestEntries ?? []).map(
      ({ Id, Message: body = '', MessageAttributes }) => ({
        Id,
        body,
        ...readMessage(body, MessageAttributes),
      }),
    );
    const sendAndTell = async () => {
      const output = await send();
      const failed = new Set(output.Failed?.map(({ Id }) => Id));
      const at = Date.now();
      for (const { Id, body, seen, ...more } of entries) {
        if (failed.has(Id)) continue;
        const bytes = Buffer.byteLength(body);
        report({ kind: 'step', step: { kind: 'published', at, topic, bytes, ...more, ...seen }, body });
      }
      return output;
    };
    if (service === undefined) return sendAndTell();
    await hold(service, Math.min(...entries.map(({ committedAt }) => committedAt ?? Date.now())));
    if (faults.isOn('deliveriesDuplicated', service)) {
      // What becomes of the second is nobody's to know; a client that is gone sends nothing.
      void faults
        .pause(AGAIN_MS)
        .then(sendAndTell)
        .catch(() => undefined);
    }
    return sendAndTell();
  };
}
