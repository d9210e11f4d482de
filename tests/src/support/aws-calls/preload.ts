/**
 * Preload script for `node --import`: records the AWS calls of an unmodified service under the principal in
 * `AWS_CALLS_PRINCIPAL`. A client is recorded from its first call.
 */
import { subscribe } from 'node:diagnostics_channel';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Principal } from '@tandem/contracts/topology';
import { record, type Recordable, recordCalls } from './record.ts';

interface Client extends Recordable {
  send: (this: Client, ...args: unknown[]) => unknown;
}

const principal = process.env['AWS_CALLS_PRINCIPAL'] as Principal;
const recorded = new WeakSet<Recordable['middlewareStack']>();
/** Base classes of the clients; several only if there are several versions of the SDK. */
const bases = new Set(
  [SNSClient, SQSClient].map(({ prototype }) => Object.getPrototypeOf(prototype) as Client),
);

for (const base of bases) {
  const { send } = base;
  base.send = function (...args) {
    if (!recorded.has(this.middlewareStack)) {
      recorded.add(this.middlewareStack);
      recordCalls(principal, this);
    }
    return send.apply(this, args);
  };
}

/** DynamoDB is called without the SDK's client: undici's diagnostics channel has its requests. */
subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { headers: string[] | string; body: unknown } };
  const [, operation] = /DynamoDB_\d+\.(\w+)/.exec(String(request.headers)) ?? [];
  if (operation !== undefined) record(principal, 'DynamoDB', operation, JSON.parse(String(request.body)));
});
