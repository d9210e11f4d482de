import { startEmf } from '@tandem/chassis/emf';
import { createPublisher } from '@tandem/chassis/messaging/publisher';
import { createMetrics } from '@tandem/chassis/metrics';
import { topicArn } from '@tandem/emulators/messaging-config';
import { createHandler } from '@tandem/relay/handler';
import { createRelay } from '@tandem/relay/relay';
import type { StreamRecord } from '@tandem/storage/dynamodb-records';
import { HAS_EVENTS } from '@tandem/storage/dynamodb-layout';
import type { TestSystem } from './test-system.ts';
import { upTo } from './summary.ts';

const ROUNDS = 5;

/** What an invocation of a relay with so many records wrote and took. */
export interface Invocation {
  readonly records: number;
  readonly logBytes: number;
  readonly publishes: number;
  /** On the machine that measured, its SNS a call on the same machine away: says little of Lambda. */
  readonly milliseconds: number;
}

/** Runs the handler that ships over records of the carts that were written, in batches of these sizes. */
export async function measureRelay(system: TestSystem, batches: readonly number[]): Promise<Invocation[]> {
  const records = system.ledger
    .sizes()
    .filter(({ kind, item }) => kind === 'cart' && HAS_EVENTS in item)
    .map(({ item }, i): StreamRecord => ({
      eventName: 'INSERT',
      dynamodb: { SequenceNumber: String(i), NewImage: item as never },
    }));
  const metrics = createMetrics();
  const lines: string[] = [];
  const emf = startEmf({
    metrics,
    namespace: 'Tandem',
    dimensions: { service: 'cart' },
    write: (line) => lines.push(`${line}\n`),
  });
  const log = (fields: object, message: string) => void lines.push(`${JSON.stringify(fields)}${message}\n`);
  const relay = createRelay({
    publish: createPublisher(system.topics.cart, topicArn('cart-events-topic')),
    park: async () => undefined,
    eventsForExpiredItem: () => [],
    topic: 'cart-events-topic',
    metrics,
    log: { warn: log, error: log },
  });
  const handler = createHandler({
    relay,
    park: async () => undefined,
    flush: async () => emf.flush(),
    log: { error: log },
  });

  const invoke = async (count: number): Promise<Invocation> => {
    const begun = performance.now();
    lines.length = 0;
    system.tally.take();
    await handler({ Records: records.slice(0, count) });
    const milliseconds = performance.now() - begun;
    const logBytes = Buffer.byteLength(lines.join(''));
    const publishes = system.tally
      .take()
      .calls.filter(({ command }) => command === 'PublishBatchCommand').length;
    await system.lockstep.atRest();
    return { records: Math.min(count, records.length), logBytes, publishes, milliseconds };
  };
  const measured: Invocation[] = [];
  for (const count of batches) {
    const rounds: Invocation[] = [];
    for (let i = 0; i < ROUNDS; i++) rounds.push(await invoke(count));
    rounds.sort((a, b) => a.milliseconds - b.milliseconds);
    const median = rounds[Math.floor(ROUNDS / 2)];
    // The most that was logged: a document has as many bytes as its figures have digits.
    const logBytes = upTo(50, Math.max(...rounds.map((it) => it.logBytes)));
    if (median) measured.push({ ...median, logBytes, milliseconds: Math.round(median.milliseconds) });
  }
  await emf.stop();
  return measured;
}
