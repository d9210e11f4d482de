import { createLogger } from '@tandem/chassis/logger';
import type { ApplyBatch } from '@tandem/chassis/messaging/consumer';
import { createMetrics } from '@tandem/chassis/metrics';
import { createConsume } from '@tandem/runtime/function/consume';
import { sqsRecord } from '@tandem/runtime/function/testing';

const QUEUE = 'analytics-events-queue';
const logger = createLogger({ name: 'test', level: 'silent' });
/** Leaves a function little time to retry: its poller redelivers what it reports. */
const TIMEOUT_MS = 3_500;

/** Applies batches through the Lambda handler: as messages of a queue, with the outcomes of its partial batch responses. */
export function throughFunction(apply: ApplyBatch): ApplyBatch {
  const consumer = {
    sqs: undefined as never,
    queueUrl: `https://sqs.eu-central-1.amazonaws.com/123456789012/${QUEUE}`,
    apply,
    maxBatchSize: 1_000,
    ping: async () => undefined,
    logger,
    metrics: createMetrics(),
  };
  const consume = createConsume({ consumers: [consumer] }, { flush: async () => undefined, logger });
  return async (events) => {
    const records = events.map((event) => sqsRecord(QUEUE, event));
    const context = { getRemainingTimeInMillis: () => TIMEOUT_MS };
    const { batchItemFailures } = await consume({ Records: records }, context);
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    return records.map(({ messageId }) =>
      failed.has(messageId)
        ? { status: 'failed', error: new Error('reported by the function') }
        : { status: 'applied' },
    );
  };
}
