import type { ServiceName, TableName } from '@tandem/contracts/topology';
import type { Step } from './protocol.ts';

/** Telemetry of a process for the console. */
export type TelemetryMessage =
  | {
      readonly kind: 'step';
      readonly step: Step;
      /** Payload of a published event. */
      readonly body?: string;
    }
  /** Backlog of a service's relay: commit time of the oldest change; undefined without a backlog. */
  | { readonly kind: 'held'; readonly service: ServiceName; readonly since?: number | undefined }
  /** Items that were written to a table in one transaction. */
  | { readonly kind: 'written'; readonly table: TableName; readonly items: number }
  /** Start of a process, which has no backlog yet. */
  | { readonly kind: 'joined'; readonly role: string };

export type Report = (message: TelemetryMessage) => void;
