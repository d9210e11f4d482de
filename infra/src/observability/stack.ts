import { Annotations, Stack, type StackProps } from 'aws-cdk-lib';
import * as budgets from 'aws-cdk-lib/aws-budgets';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import * as sns from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type ServiceName, serviceNames } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { metricsNamespace } from '../context/environment.ts';
import type { ContextStack } from '../context/stack.ts';
import type { EdgeStack } from '../edge.ts';
import { namesIn } from '../names.ts';
import type { Settings } from '../settings.ts';
import type { AlarmSpec } from './alarm-spec.ts';
import { contextAlarms } from './alarms.ts';
import { balancerAlarm } from './balancer-alarm.ts';
import { addFlowDashboard, addServiceDashboard } from './dashboards.ts';
import { createMetrics } from './metrics.ts';
import { trafficMetrics } from './traffic-metrics.ts';

export interface ObservabilityProps extends StackProps {
  readonly settings: Settings;
  readonly edge: EdgeStack;
  readonly key: IKey | undefined;
  readonly contexts: Readonly<Record<ServiceName, ContextStack>>;
}

/** Alarms, the topic that notifies operators, dashboards, and the budget. */
export class ObservabilityStack extends Stack {
  constructor(scope: Construct, id: string, { settings, edge, key, contexts, ...props }: ObservabilityProps) {
    super(scope, id, props);
    const names = namesIn(this, settings.namePrefix);
    const namespace = metricsNamespace(settings.namePrefix);
    const mappingOf = (service: ServiceName) => {
      const { relay } = contexts[service];
      if (!relay) throw new TypeError(`${service} has no relay`);
      return relay.mapping.eventSourceMappingId;
    };
    const metrics = createMetrics({ names, mappingOf, namespace });

    const operators = operatorsTopic(this, { settings, key, topicName: names.of('operators-topic') });
    const alarms = [
      ...serviceNames.flatMap((service) => {
        const { traffic } = contexts[service];
        const minTasks = settings.tasks.min;
        return contextAlarms(service, { metrics, minTasks, traffic: traffic && trafficMetrics(traffic) });
      }),
      balancerAlarm(edge.loadBalancer.loadBalancerFullName),
    ].map((spec) => createAlarm(this, spec, { alarmName: names.of(spec.id), settings, operators }));

    for (const service of serviceNames)
      addServiceDashboard(this, { service, names, namespace, metrics, context: contexts[service], edge });
    addFlowDashboard(this, { names, namespace, contexts, alarms });
    if (settings.budgetUsd !== undefined) addBudget(this, settings.budgetUsd, operators);
  }
}

function operatorsTopic(
  stack: Stack,
  { settings, key, topicName }: { settings: Settings; key: IKey | undefined; topicName: string },
): sns.Topic {
  // Not SNS's own key: alarms and budgets cannot publish to a topic that is encrypted with it.
  const topic = new sns.Topic(stack, 'Operators', {
    topicName,
    enforceSSL: true,
    ...(key ? { masterKey: key } : {}),
  });
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      principals: ['cloudwatch', 'budgets'].map((name) => new iam.ServicePrincipal(`${name}.amazonaws.com`)),
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': stack.account } },
    }),
  );
  if (settings.alarmEmail) topic.addSubscription(new EmailSubscription(settings.alarmEmail));
  else Annotations.of(topic).addWarningV2('tandem:alarmEmail', 'Alarms notify no one. Set alarmEmail.');
  return topic;
}

function createAlarm(
  stack: Stack,
  {
    id,
    metric,
    threshold,
    below = false,
    missingDataBreaches = false,
    description,
    section,
    ...spec
  }: AlarmSpec,
  { alarmName, settings, operators }: { alarmName: string; settings: Settings; operators: sns.Topic },
): cloudwatch.Alarm {
  const alarm = new cloudwatch.Alarm(stack, id, {
    alarmName,
    alarmDescription: `${description}\n${settings.runbookUrl}#${section}`,
    metric,
    threshold,
    comparisonOperator: below
      ? cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD
      : cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: spec.periods,
    ...(spec.breachedPeriods === undefined ? {} : { datapointsToAlarm: spec.breachedPeriods }),
    treatMissingData: missingDataBreaches
      ? cloudwatch.TreatMissingData.BREACHING
      : cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  const notify = new SnsAction(operators);
  alarm.addAlarmAction(notify);
  alarm.addOkAction(notify);
  return alarm;
}

function addBudget(stack: Stack, amount: number, operators: sns.Topic): void {
  const notificationAt = (notificationType: string, threshold: number) => ({
    notification: {
      notificationType,
      threshold,
      comparisonOperator: 'GREATER_THAN',
      thresholdType: 'PERCENTAGE',
    },
    subscribers: [{ subscriptionType: 'SNS', address: operators.topicArn }],
  });
  new budgets.CfnBudget(stack, 'Budget', {
    budget: { budgetType: 'COST', timeUnit: 'MONTHLY', budgetLimit: { amount, unit: 'USD' } },
    notificationsWithSubscribers: [notificationAt('ACTUAL', 80), notificationAt('FORECASTED', 100)],
  });
}
