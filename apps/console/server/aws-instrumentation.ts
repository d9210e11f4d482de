import type { PublishBatchCommandInput, PublishBatchCommandOutput, SNSClient } from '@aws-sdk/client-sns';
import type { ReceiveMessageCommandInput, ReceiveMessageCommandOutput, SQSClient } from '@aws-sdk/client-sqs';
import { publishers, type ServiceName } from '@tandem/contracts/topology';
import type { OnClient } from '@tandem/emulators/clients';
import type { AwsCall } from './aws-call.ts';
import { createConsumeInterceptor, type Deletion, type VisibilityChange } from './consume-interceptor.ts';
import type { Faults } from './faults.ts';
import type { Report } from './telemetry-message.ts';
import { createPublishInterceptor } from './publish-interceptor.ts';

interface Args {
  readonly input: object;
}
/** Next handler of the middleware stack. */
type Next = (args: Args) => Promise<{ readonly output: object; readonly response?: unknown }>;

/**
 * Instruments AWS SDK clients by a middleware close to the wire: reports published, received, applied and returned
 * messages, and injects the active faults. Other commands pass unchanged.
 */
export function instrumentAwsClients(faults: Faults, report: Report): { readonly onClient: OnClient } {
  const publish = createPublishInterceptor(faults, report);
  return {
    onClient(principal, client) {
      const [publisher] = publishers.find(([service]) => principal === `${service}-relay`) ?? [];
      const consumer = createConsumeInterceptor({
        consumer: publisher ?? (principal as ServiceName),
        sqs: client as SQSClient,
        faults,
        report,
      });
      /** Handles a call; undefined for commands that are not intercepted. */
      const intercept = (command: string, call: AwsCall<object, object>): Promise<object> | undefined => {
        switch (command) {
          case 'PublishBatchCommand':
            return publish(call as AwsCall<PublishBatchCommandInput, PublishBatchCommandOutput>, publisher);
          case 'ReceiveMessageCommand':
            return consumer.receive(call as AwsCall<ReceiveMessageCommandInput, ReceiveMessageCommandOutput>);
          case 'DeleteMessageBatchCommand':
            return consumer.remove(call as Deletion);
          case 'ChangeMessageVisibilityBatchCommand':
            return consumer.changeVisibility(call as VisibilityChange);
          default:
            return undefined;
        }
      };
      const middleware =
        (next: Next, { commandName = '' }: { readonly commandName?: string }): Next =>
        async (args) => {
          const send = async (input: object = args.input) => (await next({ ...args, input })).output;
          const intercepted = intercept(commandName, { input: args.input, send });
          return intercepted ? { response: {}, output: await intercepted } : next(args);
        };
      (client as SNSClient).middlewareStack.add(middleware as never, {
        step: 'initialize',
        priority: 'low',
        name: 'consoleProbe',
      });
    },
  };
}
