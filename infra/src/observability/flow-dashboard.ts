import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { CounterName, DistributionName } from '@tandem/contracts/metric-catalog';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import {
  type CustomMetricGroup,
  type MetricFactory,
  MetricStatistic,
  type MonitoringFacade,
} from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import type { Contexts } from '../deployment.ts';
import type { Names } from '../names.ts';
import { openDashboard } from './open-dashboard.ts';

export interface FlowDashboardProps {
  readonly names: Names;
  readonly namespace: string;
  readonly contexts: Contexts;
  readonly alarms: readonly cloudwatch.AlarmBase[];
}

/** Dashboard of the event flow (relays, queues, consumers), with the state of every alarm. Returned, so that more can be added. */
export function addFlowDashboard(
  scope: Construct,
  { names, namespace, contexts, alarms }: FlowDashboardProps,
): MonitoringFacade {
  const dashboard = openDashboard(scope, names.of('tandem-events'), namespace);
  const own = dashboard.createMetricFactory();
  dashboard
    .addLargeHeader('Events')
    .addWidget(
      new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 6 }),
    );
  for (const [service, { relay, functions }] of contexts) {
    if (relay)
      dashboard.monitorLambdaFunction({
        lambdaFunction: relay.relay,
        isIterator: true,
        humanReadableName: `${service}: relay`,
      });
    const metricGroups = [
      ...(relay ? relayMetrics(service, own) : []),
      ...(topology.services[service].queues.length > 0
        ? consumerMetrics(service, own, functions !== undefined)
        : []),
    ];
    if (metricGroups.length > 0)
      dashboard.monitorCustom({
        humanReadableName: `${service}: event flow`,
        alarmFriendlyName: `${service}-event-flow`,
        metricGroups,
      });
  }
  const byName = (name: string) => Queue.fromQueueArn(scope, `${name}-watched`, names.queueArn(name));
  for (const [name, { consumer, deadLetterQueue }] of Object.entries(topology.queues)) {
    if (!contexts.has(consumer)) continue;
    dashboard.monitorSqsQueueWithDlq({
      queue: byName(name),
      deadLetterQueue: byName(deadLetterQueue),
      humanReadableName: name,
    });
  }
  return dashboard;
}

function relayMetrics(service: ServiceName, own: MetricFactory): CustomMetricGroup[] {
  return [{ title: 'Commit to publish, ms', metrics: percentiles('RelayLag', service, own) }];
}

/** Metrics of a consumer. A function does not measure the delay, which is mostly its batching window. */
function consumerMetrics(service: ServiceName, own: MetricFactory, isFunction: boolean): CustomMetricGroup[] {
  const counted = (name: CounterName, label: string) =>
    own.createMetric(name, MetricStatistic.SUM, label, { service });
  return [
    ...(isFunction
      ? []
      : [{ title: 'Commit to effect, ms', metrics: percentiles('PropagationDelay', service, own) }]),
    {
      title: 'Messages that failed',
      metrics: [
        counted('MessagesFailed', 'not applied'),
        counted('MessagesInvalid', 'rejected by schema'),
        counted('MessagesOfUnknownType', 'unknown type'),
      ],
    },
  ];
}

function percentiles(name: DistributionName, service: ServiceName, own: MetricFactory) {
  return [
    own.createMetric(name, MetricStatistic.P50, 'p50', { service }),
    own.createMetric(name, MetricStatistic.P99, 'p99', { service }),
  ];
}
