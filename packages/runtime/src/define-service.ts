import type { SNSClient } from '@aws-sdk/client-sns';
import { port, serviceVariables } from '@tandem/chassis/config';
import { limitVariables } from '@tandem/chassis/limits';
import type { CommonDeps, Service } from '@tandem/chassis/service';
import {
  directTopicOf,
  type ServiceName,
  serviceNames,
  type Services,
  topology,
} from '@tandem/contracts/topology';
import type { RelayDeps } from '@tandem/relay/relay';
import type { Table } from '@tandem/storage/table';
import { z } from 'zod';

type QueuesOf<S extends ServiceName> = Services[S] extends { consumes: infer C } ? keyof C & string : never;
type WithTable<S extends ServiceName> = Services[S] extends { table: object }
  ? { readonly table: Table }
  : object;
type WithTopic<S extends ServiceName> = Services[S] extends
  | { publishes: { snapshotQueue: string } }
  | { requests: object }
  ? { readonly sns: SNSClient; readonly topicArn: string }
  : object;

/** Dependencies of a service by its entry in the topology: its queues, its table, and the topic of its snapshots or requests. */
export type ServiceDeps<S extends ServiceName> = CommonDeps &
  WithTable<S> &
  WithTopic<S> & { readonly queueUrls: { readonly [Q in QueuesOf<S>]: string } };

/** Parts of a service that its entry in the topology does not define. */
export interface ServiceParts<S extends ServiceName, V extends z.ZodRawShape> {
  /** Environment variables beyond those that follow from the topology. */
  readonly variables: V;
  readonly create: (deps: ServiceDeps<S>, config: Readonly<z.output<z.ZodObject<V>>>) => Promise<Service>;
  /** Events that the relay publishes for an item that expired. Default: none. */
  readonly eventsForExpiredItem?: RelayDeps['eventsForExpiredItem'];
  /** Stores sample data, once; called at each start of a system on one machine. Default: none. */
  readonly seed?: (table: Table, now: string) => Promise<void>;
}

/** Dependencies of any service; those that its entry in the topology does not require may be undefined. */
export interface AnyServiceDeps extends CommonDeps {
  readonly queueUrls: Readonly<Record<string, string>>;
  readonly table: Table | undefined;
  readonly sns: SNSClient;
  readonly topicArn: string | undefined;
}

/** Definition of a service, to run it on AWS, on one machine or in a test. */
export interface ServiceDefinition {
  readonly name: ServiceName;
  readonly variables: z.ZodRawShape;
  readonly create: (deps: AnyServiceDeps, config: Readonly<Record<string, unknown>>) => Promise<Service>;
  readonly eventsForExpiredItem: RelayDeps['eventsForExpiredItem'];
  readonly seed: ServiceParts<ServiceName, z.ZodRawShape>['seed'];
}

/** Defines a service of the topology; `services/NAME/src/service.ts` exports the result as `service`. */
export function defineService<S extends ServiceName, V extends z.ZodRawShape>(
  name: S,
  { variables, create, eventsForExpiredItem = () => [], seed }: ServiceParts<S, V>,
): ServiceDefinition {
  return {
    name,
    variables,
    create: (deps, config) => create(deps as ServiceDeps<S>, config as z.output<z.ZodObject<V>>),
    eventsForExpiredItem,
    seed,
  };
}

/** Port of the first service on one machine; the other services have the following ports. */
const FIRST_PORT = 8081;

/** Default port of a service. */
export function defaultPort(service: ServiceName): number {
  return FIRST_PORT + serviceNames.indexOf(service);
}

const queueUrls = z
  .string()
  .transform((list) => list.split(','))
  .pipe(z.array(z.url()))
  .describe('URLs of the queues that the service consumes, separated by commas');

const tableName = z.string().describe('Name of the DynamoDB table');
const topicArn = z.string().describe('ARN of the topic of its snapshots or requests');

type EnvironmentShape = typeof serviceVariables &
  typeof limitVariables & {
    readonly PORT: z.ZodDefault<typeof port>;
    readonly TABLE_NAME: z.ZodOptional<typeof tableName>;
    readonly QUEUE_URLS: z.ZodOptional<typeof queueUrls>;
    readonly TOPIC_ARN: z.ZodOptional<typeof topicArn>;
  };

/** Environment variables of a service. Those of its table, queues and topic exist, and are required, if the topology has them. */
export function environmentOf({ name, variables }: Pick<ServiceDefinition, 'name' | 'variables'>) {
  const { table, queues } = topology.services[name];
  const shape = {
    PORT: port.default(defaultPort(name)).describe('Port to listen on'),
    ...serviceVariables,
    ...limitVariables,
    ...(table && { TABLE_NAME: tableName }),
    ...(queues.length > 0 && { QUEUE_URLS: queueUrls }),
    ...(directTopicOf(name) && { TOPIC_ARN: topicArn }),
    ...variables,
  };
  return z.object(shape as unknown as EnvironmentShape);
}
