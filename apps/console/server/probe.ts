import type { PublishBatchCommandInput, PublishBatchCommandOutput, SNSClient } from '@aws-sdk/client-sns';
import type { ReceiveMessageCommandInput, ReceiveMessageCommandOutput, SQSClient } from '@aws-sdk/client-sqs';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import type { OnClient } from '@tandem/emulators/clients';
import type { Call } from './call.ts';
import { createConsumption, type Deletion, type Return } from './consumption.ts';
import type { Faults } from './faults.ts';
import type { Report } from './note.ts';
import { createPublication } from './publication.ts';

interface Args {
  readonly input: object;
}
/** Sends a call on. */
type Next = (args: Args) => Promise<{ readonly output: object; readonly response?: unknown }>;

/**
 * Stands between clients and their calls, nearest to the wire: reports what was published, received, applied and
 * returned, and carries out the faults that are on. What it does not know it lets pass.
 */
export function createProbe(faults: Faults, report: Report): { readonly onClient: OnClient } {
  const publish = createPublication(faults, report);
  return {
    onClient(principal, client) {
      const relayOf = serviceOfRelay(principal);
      const consumption = createConsumption({
        consumer: relayOf ?? (principal as ServiceName),
        sqs: client as SQSClient,
        faults,
        report,
      });
      /** What becomes of a call; undefined where it is none that matters. */
      const meet = (command: string, call: Call<object, object>): Promise<object> | undefined => {
        switch (command) {
          case 'PublishBatchCommand':
            return publish(call as Call<PublishBatchCommandInput, PublishBatchCommandOutput>, relayOf);
          case 'ReceiveMessageCommand':
            return consumption.receive(call as Call<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>);
          case 'DeleteMessageBatchCommand':
            return consumption.remove(call as Deletion);
          case 'ChangeMessageVisibilityBatchCommand':
            return consumption.giveBack(call as Return);
          default:
            return undefined;
        }
      };
      const middleware =
        (next: Next, { commandName = '' }: { readonly commandName?: string }): Next =>
        async (args) => {
          const send = async (input: object = args.input) => (await next({ ...args, input })).output;
          const met = meet(commandName, { input: args.input, send });
          return met ? { response: {}, output: await met } : next(args);
        };
      (client as SNSClient).middlewareStack.add(middleware as never, {
        step: 'initialize',
        priority: 'low',
        name: 'consoleProbe',
      });
    },
  };
}

function serviceOfRelay(principal: string): ServiceName | undefined {
  return (Object.keys(topology.relays) as ServiceName[]).find((service) => principal === `${service}-relay`);
}
