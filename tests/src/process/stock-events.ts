import { createHash } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';

/** A line whose quantity returned to the units that it held, because Product rejected an increase. */
export interface Reduction {
  /** The public id. */
  readonly cartId: string;
  readonly productId: string;
  /** The line's quantity afterwards. */
  readonly qty: number;
  readonly version: number;
}

/** What the services published about stock, as a consumer beside theirs received it: duplicates count once. */
export interface StockEvents {
  readonly reductions: readonly Reduction[];
  /** Units that were sold and not on hand, by product. */
  readonly missing: ReadonlyMap<string, number>;
  /** How many holds expired. */
  readonly expired: number;
  /** Requests that were confirmed after their hold had expired: a duplicate must not hold again. */
  readonly heldAgain: readonly string[];
}

/** A subscription of its own, which outlives the system's restarts. */
export interface StockEventRecorder {
  /** Everything that was published until now and has arrived. */
  collect(endpoint: string): Promise<StockEvents>;
}

/** The fields that the checker reads, of all these types. */
interface StockEvent {
  readonly eventType: string;
  readonly cartId: string;
  readonly productId: string;
  readonly cartVersion: number;
  readonly revision?: number;
  readonly lineQty?: number;
  readonly keptQty?: number;
  readonly missingQty?: number;
  readonly movedTo?: object;
  readonly reserved?: readonly Pick<StockEvent, 'cartId' | 'cartVersion' | 'revision'>[];
}

const QUEUE = 'checker-queue';
const credentials = { accessKeyId: 'any', secretAccessKey: 'any' };
const wanted = {
  'product-events-topic': [
    'ProductUpdated',
    'InventoryReserved',
    'InventoryReservationRejected',
    'InventoryReservationExpired',
    'InventoryShort',
  ],
  'cart-events-topic': ['ProductRemovedFromCart'],
} as const;

/** The id under which a cart is published: that of a guest's cart is derived from its secret. */
export function publicIdOf(cartId: string): string {
  const secret = /^guest-(.+)$/.exec(cartId)?.[1];
  if (secret === undefined) return cartId;
  return `cart-${createHash('sha256').update(secret).digest('base64url').slice(0, 22)}`;
}

/** Subscribes to both topics, and keeps what matters to the checker. */
export async function recordStockEvents(endpoint: string): Promise<StockEventRecorder> {
  const options = { endpoint, region: REGION, credentials };
  const [sns, sqs] = [new SNSClient(options), new SQSClient(options)];
  await sqs.send(new CreateQueueCommand({ QueueName: QUEUE }));
  for (const [topic, eventTypes] of Object.entries(wanted)) {
    await sns.send(
      new SubscribeCommand({
        TopicArn: topicArn(topic as keyof typeof wanted),
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${REGION}:000000000000:${QUEUE}`,
        Attributes: { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify({ eventType: eventTypes }) },
      }),
    );
  }
  sns.destroy();
  sqs.destroy();

  const record = createRecord();
  return {
    async collect(endpoint) {
      await receiveAll(endpoint, (event) => record.add(event));
      return record.events();
    },
  };
}

async function receiveAll(endpoint: string, add: (event: StockEvent) => void): Promise<void> {
  const sqs = new SQSClient({ endpoint, region: REGION, credentials });
  const QueueUrl = queueUrl(endpoint, QUEUE);
  try {
    for (;;) {
      const receive = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 });
      const { Messages = [] } = await sqs.send(receive);
      if (Messages.length === 0) return;
      for (const { Body = '' } of Messages) add(JSON.parse(Body) as StockEvent);
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  } finally {
    sqs.destroy();
  }
}

function createRecord() {
  const removals = new Map<string, Reduction>();
  const kept = new Set<string>();
  const missing = new Map<string, { readonly productId: string; readonly units: number }>();
  const expiredAt = new Map<string, number>();
  const confirmedAt = new Map<string, number>();
  const requestOf = ({ cartId, productId, cartVersion }: Omit<StockEvent, 'eventType'>) =>
    `${cartId}/${productId}/${cartVersion}`;

  return {
    add(event: StockEvent): void {
      const { eventType, cartId, productId, cartVersion, revision = 0 } = event;
      const request = requestOf(event);
      const confirm = (confirmed: string, at: number) =>
        confirmedAt.set(confirmed, Math.max(at, confirmedAt.get(confirmed) ?? 0));
      if (eventType === 'ProductRemovedFromCart' && !event.movedTo) {
        const { lineQty: qty = 0 } = event;
        if (qty > 0) removals.set(request, { cartId, productId, qty, version: cartVersion });
      } else if (eventType === 'InventoryReservationRejected') {
        kept.add(`${cartId}/${productId}/${event.keptQty ?? 0}`);
      } else if (eventType === 'InventoryShort') {
        missing.set(request, { productId, units: event.missingQty ?? 0 });
      } else if (eventType === 'InventoryReservationExpired') {
        expiredAt.set(request, Math.min(revision, expiredAt.get(request) ?? Infinity));
      } else if (eventType === 'InventoryReserved') confirm(request, revision);
      for (const confirmed of event.reserved ?? [])
        confirm(requestOf({ ...confirmed, productId }), confirmed.revision ?? 0);
    },

    events(): StockEvents {
      const units = new Map<string, number>();
      for (const short of missing.values())
        units.set(short.productId, (units.get(short.productId) ?? 0) + short.units);
      return {
        reductions: [...removals.values()].filter(({ cartId, productId, qty }) =>
          kept.has(`${cartId}/${productId}/${qty}`),
        ),
        missing: units,
        expired: expiredAt.size,
        heldAgain: [...expiredAt].flatMap(([request, at]) =>
          (confirmedAt.get(request) ?? 0) > at ? [request] : [],
        ),
      };
    },
  };
}
