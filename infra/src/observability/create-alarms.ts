import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Names } from '../names.ts';
import type { AlarmSpec, Outage, Severity } from './alarm-spec.ts';
import { outages, type OutageSpec, SUPPRESSION } from './outages.ts';

export interface CreateAlarmsProps {
  readonly names: Names;
  readonly runbookUrl: string;
  readonly topics: Readonly<Record<Severity, sns.ITopic>>;
}

/** Creates alarms, each of which notifies the topic of its severity, and the composite alarms of outages, which do so instead of theirs. */
export function createAlarms(
  scope: Construct,
  specs: readonly AlarmSpec[],
  props: CreateAlarmsProps,
): (cloudwatch.Alarm | cloudwatch.CompositeAlarm)[] {
  const alarms = specs.map((spec) => {
    const alarm = createAlarm(scope, spec, props);
    if (!spec.outage) notify(alarm, spec, props);
    return { spec, alarm };
  });
  const composites = new Map<Outage, cloudwatch.CompositeAlarm>();
  for (const outage of outages) {
    const members = alarms.filter(({ spec }) => spec.outage === outage.id);
    if (members.length === 0) continue;
    const suppressor = outage.follows && composites.get(outage.follows);
    composites.set(
      outage.id,
      createComposite(scope, outage, { ...props, suppressor, members: members.map(({ alarm }) => alarm) }),
    );
  }
  return [...composites.values(), ...alarms.map(({ alarm }) => alarm)];
}

function createAlarm(
  scope: Construct,
  { id, below = false, missingDataBreaches = false, ...spec }: AlarmSpec,
  props: CreateAlarmsProps,
): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmName: props.names.of(id),
    alarmDescription: textOf(spec, props),
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: below
      ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
      : cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: spec.periods,
    ...(spec.breachedPeriods === undefined ? {} : { datapointsToAlarm: spec.breachedPeriods }),
    treatMissingData: missingDataBreaches
      ? cloudwatch.TreatMissingData.BREACHING
      : cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

interface CompositeProps extends CreateAlarmsProps {
  readonly members: readonly cloudwatch.Alarm[];
  readonly suppressor: cloudwatch.CompositeAlarm | undefined;
}

function createComposite(
  scope: Construct,
  outage: OutageSpec,
  { members, suppressor, ...props }: CompositeProps,
): cloudwatch.CompositeAlarm {
  // By names, which are readable in notifications; those of the constructs are ARNs.
  const rule = members.map(({ node }) => `ALARM("${props.names.of(node.id)}")`).join(' OR ');
  const composite = new cloudwatch.CompositeAlarm(scope, outage.id, {
    compositeAlarmName: props.names.of(outage.id),
    alarmDescription: textOf(outage, props),
    alarmRule: { renderAlarmRule: () => rule },
    ...(suppressor && {
      actionsSuppressor: suppressor,
      actionsSuppressorWaitPeriod: SUPPRESSION.waitPeriod,
      actionsSuppressorExtensionPeriod: SUPPRESSION.extensionPeriod,
    }),
  });
  composite.node.addDependency(...members);
  notify(composite, outage, props);
  return composite;
}

function notify(
  alarm: cloudwatch.AlarmBase,
  { severity }: { readonly severity: Severity },
  { topics }: CreateAlarmsProps,
): void {
  const action = new SnsAction(topics[severity]);
  alarm.addAlarmAction(action);
  alarm.addOkAction(action);
}

/** What happened and the first step; the severity with its reason; the section of the runbook. */
function textOf(
  {
    description,
    severity,
    because,
    section,
  }: Pick<AlarmSpec, 'description' | 'severity' | 'because' | 'section'>,
  { runbookUrl }: CreateAlarmsProps,
): string {
  return `${description}\nA ${severity}: ${because}.\n${runbookUrl}#${section}`;
}
