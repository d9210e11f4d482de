/** One process of the system as it is, which says at its end how many messages it leaves half done. */
import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { SNSClient } from '@aws-sdk/client-sns';
import type { SQSClient } from '@aws-sdk/client-sqs';
import { configOrExit } from '@tandem/chassis/config';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import { type Role, roleConfig, startRole } from '@tandem/local/processes/roles';
import { endWithParent } from '@tandem/local/processes/with-parent';

/** So that under load there is nearly always a batch in hand. */
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
/** The receipts of what was received, and neither deleted nor returned to the queue. */
const inHand = new Set<string | undefined>();

function watch(client: SNSClient | SQSClient): void {
  (client as SQSClient).middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        if (commandName.startsWith('DeleteMessage')) await delay(BATCH_MS);
        const result = await next(args);
        const { Messages = [], Failed = [] } = result.output as Result;
        for (const { ReceiptHandle } of Messages) inHand.add(ReceiptHandle);
        if (/^(DeleteMessage|ChangeMessageVisibility)/.test(commandName)) {
          const call = args.input as Call;
          const failed = new Set(Failed.map(({ Id }) => Id));
          for (const { Id, ReceiptHandle } of call.Entries ?? [{ ...call, Id: '' }])
            if (!failed.has(Id)) inHand.delete(ReceiptHandle);
        }
        return result;
      },
    { step: 'initialize', name: 'watch' },
  );
}

process.on('exit', () => {
  if (role === 'product' || role === 'cart')
    appendFileSync(process.env['HALF_DONE_FILE'] ?? '', `${role} ${inHand.size}\n`);
});
endWithParent();
await runUntilStopped(async () => {
  const running = await startRole(role, configOrExit(roleConfig, process.env), {
    onClient: (_principal, client) => watch(client),
  });
  process.send?.('ready');
  return running;
});
