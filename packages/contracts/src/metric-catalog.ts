/** Units, by CloudWatch's names. */
export type Unit = 'Count' | 'Milliseconds' | 'Percent';

interface MetricSpec {
  readonly type: 'counter' | 'distribution';
  readonly unit: Unit;
  /** In addition to `service`, which every metric has. Each combination of values is billed by the month: they are few. */
  readonly dimensions: readonly string[];
}

/** Every metric of services and outbox relays: names, units and dimensions for emitters, dashboards and alarms. */
export const metricCatalog = {
  /** Duration of a request, from its first byte to the end of the response. */
  RequestLatency: { type: 'distribution', unit: 'Milliseconds', dimensions: ['route'] },
  /** Requests that took half a second or longer, on routes that do not wait by design. None in most minutes, so it costs little. */
  SlowRequests: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Requests rejected with 503 by load shedding. */
  RequestsShed: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Requests rejected with 429. */
  RequestsRateLimited: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Requests whose bearer token was rejected with 401. */
  TokensRejected: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Writes that were decided again, since another writer had changed the item (optimistic concurrency). */
  ConflictsRetried: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Messages of one receive. */
  ConsumerBatchSize: { type: 'distribution', unit: 'Count', dimensions: [] },
  /** Time from the commit of a change until its event is applied by the other service. */
  PropagationDelay: { type: 'distribution', unit: 'Milliseconds', dimensions: [] },
  /** Time from the commit of a change until its event is published. */
  RelayLag: { type: 'distribution', unit: 'Milliseconds', dimensions: [] },
  /** Messages whose event could not be applied; they are redelivered. */
  MessagesFailed: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Messages that their schema rejects; they end in the dead-letter queue. */
  MessagesInvalid: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Messages of an unknown event type, which are acknowledged. */
  MessagesOfUnknownType: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Units that holds gained or, if negative, lost; holder: guest or user. */
  UnitsHeldChange: { type: 'counter', unit: 'Count', dimensions: ['holder'] },
  /** Held share of the stock on hand of a product, at each change of its holds. */
  HeldSharePercent: { type: 'distribution', unit: 'Percent', dimensions: [] },
  /** Requests for a hold that were rejected for lack of stock. */
  ReservationsRejected: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Units of expired holds. */
  UnitsExpired: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Units that were sold and not on hand. */
  UnitsShort: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Stock requests that were ignored: older than the horizon, without a stored reservation. */
  RequestsBeyondHorizon: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Events that an inbox acknowledged without effect: older than the replay horizon. */
  EventsBeyondHorizon: { type: 'counter', unit: 'Count', dimensions: [] },
  /** Compactions of a day's figures that failed; the next batch tries again. */
  CompactionsFailed: { type: 'counter', unit: 'Count', dimensions: [] },
} as const satisfies Readonly<Record<string, MetricSpec>>;

type Catalog = typeof metricCatalog;
type NameOf<T extends MetricSpec['type']> = {
  [N in keyof Catalog]: Catalog[N]['type'] extends T ? N : never;
}[keyof Catalog];

export type MetricName = keyof Catalog;
export type CounterName = NameOf<'counter'>;
export type DistributionName = NameOf<'distribution'>;

/** The dimensions of a metric, as the last argument of a call: none for a metric without any. */
export type DimensionArguments<N extends MetricName> = Catalog[N]['dimensions'] extends readonly []
  ? []
  : [dimensions: Readonly<Record<Catalog[N]['dimensions'][number], string>>];
