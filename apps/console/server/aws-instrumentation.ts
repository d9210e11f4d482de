import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { publishers, type ServiceName } from '@tandem/contracts/topology';
import type { OnClient } from '@tandem/emulators/clients';
import type { Interceptors } from './aws-call.ts';
import type { Faults } from './faults.ts';
import { createConsumeInterceptors } from './interceptors.ts';
import { createParkInterceptor } from './park-interceptor.ts';
import { createPublishInterceptor } from './publish-interceptor.ts';
import { createSpanLinks, type SpanLinks } from './span-links.ts';
import type { Report } from './telemetry-message.ts';

interface Args {
  readonly input: object;
}
/** Next handler of the middleware stack. */
type Next = (args: Args) => Promise<{ readonly output: object; readonly response?: unknown }>;

/**
 * Instruments AWS SDK clients by a middleware close to the wire: reports published, parked, received, applied and returned
 * messages, and injects the active faults. Other commands pass unchanged. The reported steps name the spans that the
 * tracer observes, so that each event has its cause.
 */
export function instrumentAwsClients(
  faults: Faults,
  report: Report,
): { readonly onClient: OnClient; readonly observe: SpanLinks['observe'] } {
  const links = createSpanLinks();
  const publishAs = createPublishInterceptor({ faults, report, links });
  const parkAs = createParkInterceptor({ report, links });
  return {
    observe: (tracer) => links.observe(tracer),
    onClient(principal, client) {
      const [publisher] = publishers.find(([service]) => principal === `${service}-relay`) ?? [];
      const consumer = publisher ?? (principal as ServiceName);
      const interceptors: Interceptors = {
        PublishBatchCommand: publishAs(publisher),
        ...(publisher && { SendMessageCommand: parkAs(publisher) }),
        ...createConsumeInterceptors({ consumer, sqs: client as SQSClient, faults, report, links }),
      };
      const middleware =
        (next: Next, { commandName = '' }: { readonly commandName?: string }): Next =>
        async (args) => {
          const send = async (input: object = args.input) => (await next({ ...args, input })).output;
          const intercept = interceptors[commandName];
          if (!intercept) return next(args);
          return { response: {}, output: await intercept({ input: args.input, send } as never) };
        };
      (client as SNSClient).middlewareStack.add(middleware as never, {
        step: 'initialize',
        priority: 'low',
        name: 'consoleProbe',
      });
    },
  };
}
