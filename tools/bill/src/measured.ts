import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EventType } from '@tandem/contracts/events';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Operation } from '@tandem/load/mix';
import type { Invocation } from './measure/relay.ts';
import type { StockChange } from './measure/stock.ts';
import type { Consumption, Wire } from './measure/summary.ts';
import type { Measurement } from './measurement.ts';

/** Measured consumption, written by `npm run measure`. */
export interface Measured extends Measurement {
  readonly node: string;
  readonly packages: Readonly<Record<string, string>>;
  /** Digest of the measured sources, see {@link digestOfSources}. */
  readonly sources: string;
  readonly notes: readonly string[];
  readonly operations: Readonly<Record<Operation, Consumption & Wire>>;
  /** Consumption of each event, from its topic on. */
  readonly events: Readonly<Record<EventType, Consumption>>;
  readonly holds: Readonly<Record<'expiry' | 'sweep', Consumption>>;
  /** The same change of the stock of products whose descriptions differ in length. */
  readonly stockChanges: readonly StockChange[];
  /** Consumption of a readiness check. */
  readonly readiness: Readonly<Record<ServiceName, Consumption>>;
  readonly relay: readonly Invocation[];
  readonly telemetry: Readonly<
    Record<
      ServiceName,
      {
        readonly customMetrics: number;
        readonly routes: number;
        readonly bytesAMinute: number;
        readonly logLineBytes: number;
      }
    >
  >;
  /** Bytes of SNS and SQS calls on the wire, on average, by principal and command. */
  readonly calls: Readonly<Record<string, { readonly requestBytes: number; readonly answerBytes: number }>>;
  /** Differences of DynamoDB Local from AWS's rules. */
  readonly dynamoDbLocal: readonly {
    readonly call: string;
    readonly rules: number;
    readonly local: number;
    readonly times: number;
  }[];
}

export const MEASURED_FILE = join(import.meta.dirname, '../measured.json');

/** Whether a measurement, perhaps of another revision, has every operation of a mix. */
export function hasMeasured(measured: Measured, operations: readonly string[]): boolean {
  return operations.every((name) => name in measured.operations);
}

export function readMeasured(): Measured {
  return JSON.parse(readFileSync(MEASURED_FILE, 'utf8')) as Measured;
}
