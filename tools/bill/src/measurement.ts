import type { ServiceName } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';

type Sums = Readonly<Record<string, number>>;

/** What one request causes until everything is at rest, as far as a bill depends on it. */
export interface Consumption {
  /** Read and write units by table, or index of it (`products`, `products/byCategory`). */
  readonly read: Sums;
  readonly write: Sums;
  /** Calls of DynamoDB, by service and operation. */
  readonly calls: Sums;
  /** Changes that a relay is given, by table. */
  readonly changes: Sums;
  /** Messages by topic and event type. */
  readonly messages: Sums;
  /** Items that were not there before, by kind. */
  readonly created: Sums;
  /** Bytes of one item that was written, and of its entries in indexes, by kind. */
  readonly itemBytes: Sums;
  readonly indexBytes: Sums;
}

/** Request and answer on the wire, without TLS. */
export interface Wire {
  readonly requestBytes: number;
  readonly compressedAnswerBytes: number;
}

/** The part of what was measured that bills are computed from; `measured.json` has more. */
export interface Measurement {
  readonly date: string;
  readonly operations: Readonly<Record<Operation, Consumption & Wire>>;
  /** A cart of one line that expires, from the topic on: Product returns its stock. */
  readonly events: { readonly CartExpired: Consumption };
  readonly holds: {
    /** A hold that expires, until everything is at rest. */
    readonly expiry: Consumption;
    /** A sweep that finds no hold which is due. */
    readonly sweep: Pick<Consumption, 'read'>;
  };
  /** What a readiness check reads. */
  readonly readiness: Readonly<Record<ServiceName, Pick<Consumption, 'read'>>>;
  readonly relay: readonly { readonly logBytes: number }[];
  readonly telemetry: Readonly<
    Record<
      ServiceName,
      { readonly customMetrics: number; readonly bytesAMinute: number; readonly logLineBytes: number }
    >
  >;
  /** Bytes of SNS and SQS calls on the wire, on average, by principal and command. */
  readonly calls: Readonly<Record<string, { readonly requestBytes: number; readonly answerBytes: number }>>;
}
