import {
  type AlarmState,
  alarmState,
  evaluationRange,
  type EvaluationSettings,
  type Verdict,
} from './alarm-state.ts';
import type { Datapoints, Metric } from './datapoints.ts';
import { readMetricMath, type ValueOf } from './metric-math.ts';
import { statisticOf } from './statistic.ts';

/** An alarm that can be evaluated. */
export interface Alarm {
  readonly metrics: readonly Metric[];
  /** The state at the end of the minute before `minute`. */
  stateAt(minute: number, datapoints: Datapoints, previous: AlarmState): AlarmState;
}

interface Dimension {
  readonly Name: string;
  readonly Value: string;
}

interface MetricOf {
  readonly Namespace: string;
  readonly MetricName: string;
  readonly Dimensions?: readonly Dimension[];
}

interface MetricQuery {
  readonly Id: string;
  readonly Expression?: string;
  readonly MetricStat?: { readonly Metric: MetricOf; readonly Stat: string; readonly Period: number };
  readonly ReturnData?: boolean;
}

/** Properties of an alarm with resolved intrinsics. */
interface Definition extends Partial<MetricOf> {
  readonly Statistic?: string;
  readonly ExtendedStatistic?: string;
  readonly Period?: number;
  readonly Metrics?: readonly MetricQuery[];
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm?: number;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly TreatMissingData?: EvaluationSettings['missing'];
}

/** Properties that do not affect the state. */
const IGNORED = ['AlarmName', 'AlarmDescription', 'AlarmActions', 'OKActions', 'Tags'];
/** Properties that determine the state. */
const SUPPORTED = [
  'Namespace',
  'MetricName',
  'Dimensions',
  'Statistic',
  'ExtendedStatistic',
  'Period',
  'Metrics',
  'EvaluationPeriods',
  'DatapointsToAlarm',
  'Threshold',
  'ComparisonOperator',
  'TreatMissingData',
];

const comparisons: Readonly<Record<string, (value: number, threshold: number) => boolean>> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/**
 * Reads the properties of an `AWS::CloudWatch::Alarm`, which is evaluated each minute over periods that end there. Throws for
 * unsupported properties, since they could change the state.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function readAlarm(properties: Readonly<Record<string, unknown>>): Alarm {
  const unknown = Object.keys(properties).filter(
    (name) => !IGNORED.includes(name) && !SUPPORTED.includes(name),
  );
  if (unknown.length > 0) throw new Error(`Unsupported alarm properties: ${unknown.join()}`);
  const definition = properties as unknown as Definition;
  const queries = definition.Metrics ?? [onlyQuery(definition)];
  const evaluation: EvaluationSettings = {
    evaluationPeriods: definition.EvaluationPeriods,
    datapointsToAlarm: definition.DatapointsToAlarm ?? definition.EvaluationPeriods,
    missing: definition.TreatMissingData ?? defaultOf(definition),
  };
  const isBreaching = comparisons[definition.ComparisonOperator];
  if (!isBreaching) throw new Error(`not supported: ${definition.ComparisonOperator}`);
  const minutes = minutesOf(queries);
  const value = readQueries(queries);

  return {
    metrics: queries.flatMap(({ MetricStat }) => (MetricStat ? [metricOf(MetricStat.Metric)] : [])),
    stateAt(minute, datapoints, previous) {
      const verdicts = Array.from({ length: evaluationRange(evaluation) }, (_, i): Verdict => {
        const end = minute - i * minutes;
        const at = value(datapoints, end - minutes, end);
        if (at === undefined) return 'missing';
        return isBreaching(at, definition.Threshold) ? 'breaching' : 'within';
      });
      return alarmState(verdicts.toReversed(), evaluation, previous);
    },
  };
}

function onlyQuery({ Statistic, ExtendedStatistic, Period, ...metric }: Definition): MetricQuery {
  const Stat = Statistic ?? ExtendedStatistic;
  if (Stat === undefined || Period === undefined) throw new Error('The alarm has no statistic or period.');
  return { Id: 'only', MetricStat: { Metric: metric as MetricOf, Stat, Period }, ReturnData: true };
}

/** "Alarms that evaluate metrics in the AWS/DynamoDB namespace default to ignore missing data." */
function defaultOf({ Namespace }: Definition): EvaluationSettings['missing'] {
  return Namespace === 'AWS/DynamoDB' ? 'ignore' : 'missing';
}

function minutesOf(queries: readonly MetricQuery[]): number {
  const periods = new Set(queries.flatMap(({ MetricStat }) => MetricStat?.Period ?? []));
  const [period = 0] = periods;
  if (periods.size !== 1 || period === 0 || period % 60 !== 0)
    throw new Error(`not supported: periods of ${[...periods].join()} s`);
  return period / 60;
}

function readQueries(queries: readonly MetricQuery[]) {
  const byId = new Map(queries.map((query) => [query.Id, compileQuery(query)]));
  const returned = queries.filter(({ ReturnData = true }) => ReturnData);
  const [only] = returned;
  if (!only || returned.length > 1) throw new Error('An alarm must return exactly one result.');

  return (datapoints: Datapoints, from: number, to: number): number | undefined => {
    const valueOf: ValueOf = (id) => {
      const query = byId.get(id);
      if (!query) throw new Error(`There is no metric ${id}.`);
      return query({ datapoints, from, to, valueOf });
    };
    return valueOf(only.Id);
  };
}

interface Period {
  readonly datapoints: Datapoints;
  readonly from: number;
  readonly to: number;
  readonly valueOf: ValueOf;
}

function compileQuery({ Id, Expression, MetricStat }: MetricQuery) {
  if (Expression !== undefined) {
    const math = readMetricMath(Expression);
    return ({ valueOf }: Period) => math(valueOf);
  }
  if (!MetricStat) throw new Error(`${Id} is neither metric nor expression`);
  const metric = metricOf(MetricStat.Metric);
  const statistic = statisticOf(MetricStat.Stat);
  return ({ datapoints, from, to }: Period) => {
    const values = datapoints.values(metric, from, to);
    return values.length === 0 ? undefined : statistic(values);
  };
}

function metricOf({ Namespace, MetricName, Dimensions = [] }: MetricOf): Metric {
  const dimensions = Dimensions.map(({ Name, Value }) => {
    if (typeof Value !== 'string') throw new Error(`${Name} is not resolved: ${JSON.stringify(Value)}`);
    return [Name, Value] as const;
  });
  return { namespace: Namespace, name: MetricName, dimensions: Object.fromEntries(dimensions) };
}
