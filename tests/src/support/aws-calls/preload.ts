/**
 * For `node --import`: records what a service does that runs as it ships, by itself and without a word of tests, as
 * whom `AWS_CALLS_PRINCIPAL` names. A client is recorded from its first call.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import type { Principal } from '@tandem/contracts/topology';
import { type Recordable, recordCalls } from './record.ts';

interface Client extends Recordable {
  send: (this: Client, ...args: unknown[]) => unknown;
}

const principal = process.env['AWS_CALLS_PRINCIPAL'] as Principal;
const recorded = new WeakSet<Recordable['middlewareStack']>();
/** The class that all clients extend, that of documents too; once, unless the SDK comes in several versions. */
const bases = new Set(
  [DynamoDBClient, SNSClient, SQSClient].map((it) => Object.getPrototypeOf(it.prototype) as Client),
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
