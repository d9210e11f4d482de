import { mix } from '@tandem/load/mix';
import { assumptions } from './assumptions.ts';
import { BYTES_PER_GB, decay, dividedBy, type Figure, figure, minus, named, plus, times } from './formula.ts';
import type { Billed, Row } from './line.ts';
import { HOURS } from './traffic-rows.ts';
import { sumOf, type Usage } from './usage.ts';

const SECONDS = figure(3_600, 's/h');

/** Service whose writes need a scope. */
export const AUDITED = 'product';

/** Writes of the month with an audit line. Rejected requests have few: their lines are limited. */
export function auditLines({ requestsOf }: Pick<Usage, 'requestsOf'>): Figure {
  const weights: Readonly<Record<string, number>> = mix[AUDITED];
  const share =
    sumOf(assumptions.scopedWrites, (operation) => weights[operation] ?? 0) /
    sumOf(Object.values(weights), (weight) => weight);
  return times(requestsOf(AUDITED), figure(share, 'scoped writes'));
}

/** The audit trail: its delivery to the bucket, and its storage. The log line itself is part of the logs. */
export function auditRows({ facts: { auditTrail, services }, usage }: Billed): Row[] {
  if (auditTrail.streams === 0 || services[AUDITED] === undefined) return [];
  const { logFlushSeconds, firehoseRecordBytes, firehoseBufferSeconds } = assumptions;
  const lines = auditLines(usage);
  const flushes = dividedBy(times(usage.taskHoursOf(AUDITED), SECONDS), figure(logFlushSeconds, 's'));
  // Of the transmissions of a task, those with an audit line.
  const records = times(flushes, minus(figure(1), decay(dividedBy(lines, flushes))));
  const files = dividedBy(times(HOURS, SECONDS), figure(firehoseBufferSeconds, 's'));
  const gb = (bytes: number, of: Figure) => dividedBy(times(of, figure(bytes, 'bytes')), BYTES_PER_GB);
  const months = dividedBy(figure(auditTrail.days, 'days'), figure(assumptions.daysOfMonth, 'days'));
  const stored = times(gb(assumptions.auditLineStoredBytes, lines), months);
  return [
    [
      'observability',
      'Audit trail, delivery',
      [named('GB of records', gb(firehoseRecordBytes, records), 'GB'), 'firehoseGb'],
      [named('GB of lines', gb(assumptions.auditLineBytes, lines), 'GB'), 'firehoseDecompressedGb'],
    ],
    [
      'observability',
      'Audit trail, storage',
      [named('GB of audit lines', plus(stored), 'GB'), 's3StoredGb'],
      [named('files', files), 's3Put'],
    ],
  ];
}
