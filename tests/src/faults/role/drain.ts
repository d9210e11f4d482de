/** Process of the system that records at its exit how many messages it leaves unfinished. */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { serviceNames } from '@tandem/contracts/topology';
import { roleConfig } from '@tandem/local/processes/role-config';
import type { Role } from '@tandem/local/processes/role-names';
import { startRole } from '@tandem/local/processes/roles';
import { endWithParent } from '@tandem/local/processes/with-parent';

/** Delay of each deletion, so that under load a batch is nearly always in flight. */
const BATCH_MS = 50;

interface Call {
  readonly ReceiptHandle?: string;
  readonly Entries?: readonly { readonly Id?: string; readonly ReceiptHandle?: string }[];
}
interface Result {
  readonly Messages?: readonly { readonly ReceiptHandle?: string }[];
  readonly Failed?: readonly { readonly Id?: string }[];
}

const role = process.argv[2] as Role;
/** Receipt handles of received messages that were neither deleted nor returned to the queue. */
const inFlight = new Set<string | undefined>();

function watch(client: SNSClient | SQSClient): void {
  (client as SQSClient).middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (commandName.startsWith('DeleteMessage')) await delay(BATCH_MS);
        const result = await next(args);
        const { Messages = [], Failed = [] } = result.output as Result;
        for (const { ReceiptHandle } of Messages) inFlight.add(ReceiptHandle);
        if (/^(DeleteMessage|ChangeMessageVisibility)/.test(commandName)) {
          const call = args.input as Call;
          const failed = new Set(Failed.map(({ Id }) => Id));
          for (const { Id, ReceiptHandle } of call.Entries ?? [{ ...call, Id: '' }])
            if (!failed.has(Id)) inFlight.delete(ReceiptHandle);
        }
        return result;
      },
    { step: 'initialize', name: 'watch' },
  );
}

process.on('exit', () => {
  if (serviceNames.some((service) => service === role))
    appendFileSync(process.env['UNFINISHED_FILE'] ?? '', `${role} ${inFlight.size}\n`);
});
endWithParent();
await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, process.env), {
    onClient: (_principal, client) => watch(client),
  });
  process.send?.('ready');
  return running;
});
