import { Duration } from 'aws-cdk-lib';
import type { Outage, RunbookSection, Severity } from './alarm-spec.ts';

/** A composite alarm: one notification for all alarms of an outage. */
export interface OutageSpec {
  readonly id: Outage;
  readonly description: string;
  readonly section: RunbookSection;
  readonly severity: Severity;
  readonly because: string;
  /** While this outage has an alarm, the other does not notify: it follows from it. Afterwards it does, if it is still there. */
  readonly follows?: Outage;
}

/**
 * Outages in the order of their causes. Where shoppers' requests fail, late events follow from it (a table that does not
 * respond), or are its cause (a checkout waits for an event): either way it is one outage, and somebody is at work on it.
 */
export const outages: readonly OutageSpec[] = [
  {
    id: 'requests-impaired',
    description: "Shoppers' requests fail, or soon may. First: list the alarms that are active.",
    section: 'requests-impaired',
    severity: 'page',
    because: 'shoppers notice it now',
  },
  {
    id: 'events-impaired',
    description: 'Events are not published, or not processed. First: list the alarms that are active.',
    section: 'events-impaired',
    severity: 'page',
    because: 'shoppers see outdated prices and cannot check out, and after a day events are lost',
    follows: 'requests-impaired',
  },
];

/** For the first outage to be noticed, whose alarms evaluate five minutes; and for the consequences to end after their cause. */
export const SUPPRESSION = { waitPeriod: Duration.minutes(3), extensionPeriod: Duration.minutes(10) };
