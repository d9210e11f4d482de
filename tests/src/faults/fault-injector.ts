import { setTimeout as delay } from 'node:timers/promises';
import type { PublishBatchCommandInput, SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { DomainError } from '@tandem/chassis/errors';
import type { Store } from '@tandem/local/system/store';
import type { Random } from '../support/random.ts';

/** Faults that are injected between a process and the services that it calls. */
export const injectedFaults = [
  'sent twice',
  'sent again late',
  'delivered in another order',
  'delayed',
  'acknowledgement dropped',
  'published in part',
  'throttled by SNS or SQS',
  'connection cut after the call',
  'store throttled',
  'store responded too late',
] as const;

/** Name of an injected fault. */
export type InjectedFault = (typeof injectedFaults)[number];

/** Options of a fault injector. */
export interface FaultInjectorOptions {
  readonly random: Random;
  /** Probability of each applicable fault per call, in thousandths. */
  readonly perMille: number;
  /** Faults that are injected; default: all. */
  readonly kinds?: readonly InjectedFault[] | undefined;
  /** Called with each injected fault. */
  readonly report: (fault: InjectedFault) => void;
}

/** Maximum delay of a duplicate: long enough for its content to be outdated. */
const LATE_MS = 1_000;
/** Delay after which a request for stock is sent again: its hold has expired since. */
const VERY_LATE_MS = [9_000, 12_000] as const;

/** Fault injector: lets calls fail, duplicates, loses, delays and reorders them, until it is stopped. */
export function createFaultInjector({
  random,
  perMille,
  kinds = injectedFaults,
  report,
}: FaultInjectorOptions) {
  let isStopped = false;
  const shouldInject = (fault: InjectedFault): boolean => {
    if (isStopped || !kinds.includes(fault) || random(1, 1_000) > perMille) return false;
    report(fault);
    return true;
  };
  const unavailable = () => new DomainError('unavailable', 'store-unavailable', 'The store does not respond');

  return {
    stopInjecting: () => void (isStopped = true),

    onClient(client: SNSClient | SQSClient): void {
      (client as SQSClient).middlewareStack.add(
        (next, { commandName = '' }) =>
          async (args) => {
            const isPublish = commandName === 'PublishBatchCommand';
            const isDelete = commandName.startsWith('DeleteMessage');
            if (shouldInject('delayed')) await delay(random(20, 300));
            if (shouldInject('throttled by SNS or SQS')) throw awsError('ThrottlingException');
            if (isDelete && shouldInject('acknowledgement dropped')) return acknowledged(args.input);
            if ((isPublish || commandName === 'SendMessageCommand') && shouldInject('sent twice'))
              void sendLater(async () => next(args), random(0, LATE_MS));
            if (isPublish && shouldInject('sent again late'))
              void sendLater(async () => next(args), random(...VERY_LATE_MS));
            const input = args.input as unknown as PublishBatchCommandInput;
            const entries = input.PublishBatchRequestEntries ?? [];
            if (isPublish && entries.length > 1 && shouldInject('published in part')) {
              const [first, ...rest] = entries;
              const response = await next({
                ...args,
                input: { ...input, PublishBatchRequestEntries: rest } as never,
              });
              const Failed = [{ Id: first?.Id, Code: 'InternalError', SenderFault: false }];
              return { ...response, output: { ...response.output, Failed } as never };
            }
            const result = await next(args);
            const { Messages } = result.output as { Messages?: unknown[] };
            if (Messages && Messages.length > 1 && shouldInject('delivered in another order'))
              Messages.reverse();
            // A lost receive response would hide its messages for their visibility timeout, half a minute.
            if (!Messages && shouldInject('connection cut after the call')) throw awsError('TimeoutError');
            return result;
          },
        { step: 'initialize', name: 'faultInjector' },
      );
    },

    wrapStore: (store: Store): Store => ({
      ...store,
      driver: {
        ...store.driver,
        async write(puts) {
          if (shouldInject('store throttled')) throw unavailable();
          const outcome = await store.driver.write(puts);
          if (shouldInject('store responded too late')) throw unavailable();
          return outcome;
        },
      },
    }),
  };
}

/** Sends after a delay; the result is ignored. */
async function sendLater(send: () => Promise<unknown>, ms: number): Promise<void> {
  await delay(ms, undefined, { ref: false });
  await Promise.allSettled([send()]);
}

function awsError(name: string): Error {
  return Object.assign(new Error(name), { name, $metadata: {} });
}

/** Response to a deletion that SQS never received. */
function acknowledged(input: unknown) {
  const { Entries = [] } = input as { Entries?: { Id?: string }[] };
  return { response: {}, output: { $metadata: {}, Successful: Entries.map(({ Id }) => ({ Id })) } as never };
}
