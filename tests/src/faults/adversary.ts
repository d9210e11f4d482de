import { setTimeout as delay } from 'node:timers/promises';
import type { PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DomainError } from '@tandem/chassis/errors';
import type { Store } from '@tandem/local/system/store';
import type { Random } from '../process/random.ts';

/** What goes wrong between a process and what it calls. */
export const troubles = [
  'sent twice',
  'sent again late',
  'delivered in another order',
  'delayed',
  'acknowledgement dropped',
  'published in part',
  'throttled by SNS or SQS',
  'connection cut after the call',
  'store throttled',
  'store answered too late',
] as const;

export type Trouble = (typeof troubles)[number];

export interface AdversaryOptions {
  readonly random: Random;
  /** Of a thousand calls, so many meet each trouble that they can meet. */
  readonly perMille: number;
  /** The troubles that there are; default: all. */
  readonly among?: readonly Trouble[] | undefined;
  /** Is told of each. */
  readonly report: (trouble: Trouble) => void;
}

/** By how much the second of what is sent twice may come later: long enough for what it tells to be old by then. */
const LATE_MS = 1_000;
/** How much later a request for stock may come again: its hold has expired since. */
const VERY_LATE_MS = [9_000, 12_000] as const;

/** Makes calls fail, be repeated, lost, delayed and reordered, until it is calmed. */
export function createAdversary({ random, perMille, among = troubles, report }: AdversaryOptions) {
  let isCalm = false;
  const strikes = (trouble: Trouble): boolean => {
    if (isCalm || !among.includes(trouble) || random(1, 1_000) > perMille) return false;
    report(trouble);
    return true;
  };
  const unavailable = () => new DomainError('unavailable', 'store-unavailable', 'The store does not answer');

  return {
    calm: () => void (isCalm = true),

    onClient(client: SNSClient | SQSClient): void {
      (client as SQSClient).middlewareStack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            const isPublish = commandName === 'PublishBatchCommand';
            const isDelete = commandName.startsWith('DeleteMessage');
            if (strikes('delayed')) await delay(random(20, 300));
            if (strikes('throttled by SNS or SQS')) throw named('ThrottlingException');
            if (isDelete && strikes('acknowledgement dropped')) return acknowledged(args.input);
            if ((isPublish || commandName === 'SendMessageCommand') && strikes('sent twice'))
              void sendLater(async () => next(args), random(0, LATE_MS));
            if (isPublish && strikes('sent again late'))
              void sendLater(async () => next(args), random(...VERY_LATE_MS));
            const input = args.input as unknown as PublishBatchCommandInput;
            const entries = input.PublishBatchRequestEntries ?? [];
            if (isPublish && entries.length > 1 && strikes('published in part')) {
              const [first, ...others] = entries;
              const answer = await next({
                ...args,
                input: { ...input, PublishBatchRequestEntries: others } as never,
              });
              const Failed = [{ Id: first?.Id, Code: 'InternalError', SenderFault: false }];
              return { ...answer, output: { ...answer.output, Failed } as never };
            }
            const result = await next(args);
            const { Messages } = result.output as { Messages?: unknown[] };
            if (Messages && Messages.length > 1 && strikes('delivered in another order')) Messages.reverse();
            // What was received and never arrives would come again after its visibility timeout, half a minute.
            if (!Messages && strikes('connection cut after the call')) throw named('TimeoutError');
            return result;
          },
        { step: 'initialize', name: 'adversary' },
      );
    },

    wrapStore: (store: Store): Store => ({
      ...store,
      driver: {
        ...store.driver,
        async write(puts) {
          if (strikes('store throttled')) throw unavailable();
          const outcome = await store.driver.write(puts);
          if (strikes('store answered too late')) throw unavailable();
          return outcome;
        },
      },
    }),
  };
}

/** What becomes of it is nobody's to know. */
async function sendLater(send: () => Promise<unknown>, ms: number): Promise<void> {
  await delay(ms, undefined, { ref: false });
  await Promise.allSettled([send()]);
}

function named(name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: {} });
}

/** What SQS answers to a deletion that it never got. */
function acknowledged(input: unknown) {
  const { Entries = [] } = input as { Entries?: { Id?: string }[] };
  return { response: {}, output: { $metadata: {}, Successful: Entries.map(({ Id }) => ({ Id })) } as never };
}
