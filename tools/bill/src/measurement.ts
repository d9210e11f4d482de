import type { EventType } from '@tandem/contracts/events';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';

type Sums = Readonly<Record<string, number>>;

/** Consumption of one request or event until everything is at rest: averages over its samples. */
export interface Consumption {
  /** Read and write units by table, or index of a table (`products`, `products/byCategory`). */
  readonly read: Sums;
  readonly write: Sums;
  /** Calls of DynamoDB, by service and operation. */
  readonly calls: Sums;
  /** Changes with events, by table: the records that a relay receives. */
  readonly changes: Sums;
  /** Messages by topic and event type. */
  readonly messages: Sums;
  /** Items that did not exist before, by entity type. */
  readonly created: Sums;
  /** Bytes of an item that was written, and of its entries in indexes, by entity type. */
  readonly itemBytes: Sums;
  readonly indexBytes: Sums;
}

/** Consumption of a request, with its bytes and those of its compressed response on the wire, without TLS. */
export interface RequestConsumption extends Consumption {
  readonly requestBytes: number;
  readonly responseBytes: number;
}

/** Consumption of a batch of events and of what follows from it, at an even rate of events. */
export interface BatchMeasurement {
  /** Batches that gather events at the same time. */
  readonly gathering: number;
  readonly perMinute: number;
  /** Events of a batch. */
  readonly events: number;
  /** Units of a batch, without compactions. */
  readonly read: number;
  readonly write: number;
  /** The item with the figures and the ids of a batch: bytes, and units of a read. */
  readonly batch: { readonly bytes: number; readonly read: number };
  /** Bytes that a batch logs. */
  readonly logBytes: number;
  /** Units of a compaction of so many batches, at noon. */
  readonly compaction: { readonly batches: number; readonly read: number; readonly write: number };
  /** The totals of a whole day: bytes, and units of a read of those that lists show. */
  readonly totals: { readonly bytes: number; readonly read: number };
}

/** What a service consumes that applies events in batches. */
export interface BatchesMeasurement {
  readonly batchesPerCompaction: number;
  /** By batches that gather events at the same time, and by size. */
  readonly sizes: readonly BatchMeasurement[];
}

/** What a service consumes independently of the operations of the mix. */
export interface ServiceMeasurement {
  readonly readinessReadUnits: number;
  readonly customMetrics: number;
  /** Bytes of the metrics that a task logs in a minute. */
  readonly metricsBytesPerMinute: number;
  readonly logLineBytes: number;
  /** Bytes on the wire of a receive with messages and of their deletion. */
  readonly receiveBytes: number;
  readonly emptyReceiveRequestBytes: number;
}

/** Measured consumption that bills are computed from. */
export interface Measurement {
  readonly date: string;
  readonly operations: Readonly<Record<Operation, RequestConsumption>>;
  /** Consumption of each event, from its topic on. */
  readonly events: { readonly [T in EventType]?: Consumption } & { readonly CartExpired: Consumption };
  readonly holds: {
    /** A hold that expires. */
    readonly expiry: Consumption;
    /** A sweep that finds no overdue hold. */
    readonly sweep: Pick<Consumption, 'read' | 'write'>;
  };
  readonly services: { readonly [S in ServiceName]?: ServiceMeasurement };
  /** Consumption of the services that run as functions, by batches. */
  readonly batches: { readonly [S in ServiceName]?: BatchesMeasurement };
  /** Bytes that an invocation of a relay logs. */
  readonly relayLogBytes: number;
}

/** The file `measured.json`, written by `npm run measure`. */
export interface MeasuredFile extends Measurement {
  /** Digest of the measured sources. */
  readonly sources: string;
  readonly notes: readonly string[];
}

/** Measurement of a service. For a service that was not measured, the largest figures of the others are assumed. */
export function serviceMeasurement({ services }: Measurement, service: string): ServiceMeasurement {
  const measured: Readonly<Record<string, ServiceMeasurement>> = services;
  const all = Object.values(measured);
  const figures = Object.keys(all[0] ?? {}) as (keyof ServiceMeasurement)[];
  const largest = figures.map((figure) => [figure, Math.max(...all.map((other) => other[figure]))]);
  return measured[service] ?? (Object.fromEntries(largest) as Record<keyof ServiceMeasurement, number>);
}

/** Warning that names the services and event types that were not measured; undefined if all were. */
export function unmeasuredWarning({
  services,
  batches,
  events,
}: Pick<Measurement, 'services' | 'batches' | 'events'>) {
  const eventTypes = Object.values(topology.topics).flatMap((topic) => topic.eventTypes);
  const names = [
    ...serviceNames
      .filter((service) => !services[service] && !batches[service])
      .map((service) => `service ${service}`),
    ...eventTypes.filter((type) => !events[type]).map((type) => `event ${type}`),
  ];
  if (names.length === 0) return undefined;
  return `not measured: ${names.join(', ')}; run npm run measure`;
}
