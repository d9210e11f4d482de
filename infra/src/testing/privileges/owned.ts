import { type ServiceName, topology } from '@tandem/contracts/topology';
import { arn, STREAM_LABEL } from './resources.ts';

/** What belongs to a context, by ARN: nothing of the other context may come near it. */
export interface Owned {
  /** Tables, queues and topics. */
  readonly resources: readonly string[];
  /** Indexes and streams, which are no resources of their own in a template. */
  readonly partsOfTables: readonly string[];
}

/** `prefix` stands before all names of the deployment. */
export function ownedBy(service: ServiceName, prefix: string): Owned {
  const tables = Object.entries(topology.tables).filter(([, { owner }]) => owner === service);
  const tableArn = (name: string) => arn('dynamodb', `table/${prefix}${name}`);
  const consumed = Object.entries(topology.queues).filter(([, { consumer }]) => consumer === service);
  const topics = Object.entries(topology.topics).filter(([, { owner }]) => owner === service);
  const queues = [
    topology.relays[service].parkingQueue,
    ...consumed.flatMap(([name, { deadLetterQueue }]) => [
      name,
      deadLetterQueue,
      ...topology.subscriptions
        .filter(({ queue }) => queue === name)
        .map((subscription) => subscription.deadLetterQueue),
    ]),
  ];
  return {
    resources: [
      ...tables.map(([name]) => tableArn(name)),
      ...queues.map((name) => arn('sqs', `${prefix}${name}`)),
      ...topics.map(([name]) => arn('sns', `${prefix}${name}`)),
    ],
    partsOfTables: tables.flatMap(([name, { indexes }]) => [
      ...Object.keys(indexes).map((index) => `${tableArn(name)}/index/${index}`),
      `${tableArn(name)}/stream/${STREAM_LABEL}`,
    ]),
  };
}
