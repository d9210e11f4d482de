export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** Evaluation of one period. */
export type Verdict = 'breaching' | 'within' | 'missing';

/** Settings of an alarm's evaluation: M out of N periods, and the treatment of missing data. */
export interface EvaluationSettings {
  /** N: number of periods that are evaluated. */
  readonly evaluationPeriods: number;
  /** M: number of them that have to be breached. */
  readonly datapointsToAlarm: number;
  readonly missing: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/** Periods retrieved in addition to N, for late data. AWS does not document the number; in its examples it is 2 for an N of 3. */
const SPARE_PERIODS = 2;

/** Number of periods that an alarm retrieves. */
export function evaluationRange({ evaluationPeriods }: EvaluationSettings): number {
  return evaluationPeriods + SPARE_PERIODS;
}

/**
 * State of an alarm by the verdicts of its evaluation range, the newest last. If N periods have data, the newest N of those
 * count; otherwise all of them count, and the rest is filled by the treatment of missing data.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function alarmState(
  verdicts: readonly Verdict[],
  settings: EvaluationSettings,
  previous: AlarmState,
): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missing } = settings;
  const withData = verdicts.filter((verdict) => verdict !== 'missing').slice(-evaluationPeriods);
  const breaching = withData.filter((verdict) => verdict === 'breaching').length;
  const absent = evaluationPeriods - withData.length;

  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (absent === 0 || missing === 'notBreaching') return 'OK';
  if (missing === 'breaching') return breaching + absent >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (withData.includes('within')) return 'OK';
  if (missing === 'ignore') return previous;
  if (withData.length === 0) return 'INSUFFICIENT_DATA';
  // All periods with data are breaching: the alarm is raised once the oldest is M periods old.
  const age = verdicts.length - verdicts.indexOf('breaching', -evaluationPeriods);
  return age >= datapointsToAlarm && age <= evaluationPeriods ? 'ALARM' : previous;
}
