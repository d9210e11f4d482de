export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** What one period says to an alarm. */
export type Verdict = 'breaching' | 'within' | 'missing';

export interface Judgement {
  /** N: how many periods are looked at. */
  readonly evaluationPeriods: number;
  /** M: how many of them have to be breached. */
  readonly datapointsToAlarm: number;
  readonly missing: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

/**
 * How many periods more than N are retrieved, so that late data leaves enough. AWS does not say the number of an alarm;
 * in its examples it is 5 for an N of 3.
 */
const SPARE_PERIODS = 2;

/** How many periods, the newest last, an alarm looks at. */
export function evaluationRange({ evaluationPeriods }: Judgement): number {
  return evaluationPeriods + SPARE_PERIODS;
}

/**
 * The state that follows from the verdicts of the evaluation range, the newest last. With N that are not missing, the newest
 * N of those decide; with fewer, all of them do, and the rest is filled up as the alarm treats what is missing.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function alarmState(
  verdicts: readonly Verdict[],
  judgement: Judgement,
  previous: AlarmState,
): AlarmState {
  const { evaluationPeriods, datapointsToAlarm, missing } = judgement;
  const real = verdicts.filter((verdict) => verdict !== 'missing').slice(-evaluationPeriods);
  const breaching = real.filter((verdict) => verdict === 'breaching').length;
  const absent = evaluationPeriods - real.length;

  if (breaching >= datapointsToAlarm) return 'ALARM';
  if (absent === 0 || missing === 'notBreaching') return 'OK';
  if (missing === 'breaching') return breaching + absent >= datapointsToAlarm ? 'ALARM' : 'OK';
  if (real.includes('within')) return 'OK';
  if (missing === 'ignore') return previous;
  if (real.length === 0) return 'INSUFFICIENT_DATA';
  // All that is there is breaching: it rings once the oldest has stood for M periods uncontradicted.
  const age = verdicts.length - verdicts.indexOf('breaching', -evaluationPeriods);
  return age >= datapointsToAlarm && age <= evaluationPeriods ? 'ALARM' : previous;
}
