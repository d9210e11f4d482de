import {
  type Principal,
  publishers,
  type ServiceName,
  serviceNames,
  topology,
} from '@tandem/contracts/topology';
import { arn, STREAM_LABEL } from './resources.ts';

/** Every principal with its service. */
export const principals: ReadonlyMap<Principal, ServiceName> = new Map<Principal, ServiceName>([
  ...serviceNames.map((service) => [service, service] as const),
  ...publishers.map(([service]) => [`${service}-relay`, service] as const),
]);

/** What belongs to a context, by ARN: no principal of another context may access it. */
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
  const topics = Object.entries(topology.topics).filter(([, { owner }]) => owner === service);
  return {
    resources: [
      ...tables.map(([name]) => tableArn(name)),
      ...queuesOf(service).map((name) => arn('sqs', `${prefix}${name}`)),
      ...topics.map(([name]) => arn('sns', `${prefix}${name}`)),
    ],
    partsOfTables: tables.flatMap(([name, { indexes }]) => [
      ...Object.keys(indexes).map((index) => `${tableArn(name)}/index/${index}`),
      `${tableArn(name)}/stream/${STREAM_LABEL}`,
    ]),
  };
}

/** Names of all queues in the stack of a service. */
export function queuesOf(service: ServiceName): readonly string[] {
  const relay = topology.relays[service];
  return [
    ...(relay ? [relay.parkingQueue] : []),
    ...topology.services[service].queues.flatMap((name) => [name, topology.queues[name].deadLetterQueue]),
  ];
}
