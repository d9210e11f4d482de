import type { ServiceName } from '@tandem/contracts/topology';
import type { Step } from './protocol.ts';

/** What a probe tells the hub. */
export type Note =
  | {
      readonly kind: 'step';
      readonly step: Step;
      /** Of what was published. */
      readonly body?: string;
    }
  /** The relay of a service holds changes, the oldest of which was made at `since`; undefined where it holds none. */
  | { readonly kind: 'held'; readonly service: ServiceName; readonly since?: number | undefined }
  /** A process has started, and knows nothing yet. */
  | { readonly kind: 'joined'; readonly role: string };

export type Report = (note: Note) => void;
