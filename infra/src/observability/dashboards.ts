import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { CounterName, DistributionName, MetricName } from '@tandem/contracts/metric-catalog';
import { type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import {
  type CustomMetricGroup,
  DefaultDashboardFactory,
  type MetricFactory,
  MetricStatistic,
  MonitoringFacade,
} from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import type { ContextStack } from '../context/stack.ts';
import type { EdgeStack } from '../edge.ts';
import type { Names } from '../names.ts';
import { type Metrics, stockKeeper } from './metrics.ts';
import { stockMetrics } from './stock-widgets.ts';

function openDashboard(scope: Construct, name: string, namespace: string): MonitoringFacade {
  return new MonitoringFacade(scope, `${name}-monitoring`, {
    metricFactoryDefaults: { namespace, period: Duration.minutes(1) },
    alarmFactoryDefaults: { alarmNamePrefix: name, actionsEnabled: false },
    dashboardFactory: new DefaultDashboardFactory(scope, `${name}-dashboard`, {
      dashboardNamePrefix: name,
      detailDashboardRange: Duration.hours(3),
    }),
  });
}

export interface ServiceDashboardProps {
  readonly service: ServiceName;
  readonly names: Names;
  readonly namespace: string;
  readonly metrics: Metrics;
  readonly context: ContextStack;
  readonly edge: EdgeStack;
}

/** Dashboard of one service: tasks, requests if any are routed to it, the stock where it is kept, its table if any. */
export function addServiceDashboard(
  scope: Construct,
  { service, names, namespace, metrics, context, edge }: ServiceDashboardProps,
): void {
  const dashboard = openDashboard(scope, names.of(`tandem-${service}`), namespace).addLargeHeader(service);
  const own = dashboard.createMetricFactory();
  const { service: fargateService, table } = context;
  const [applicationTargetGroup] = context.targetGroups;
  const humanReadableName = `${service}: tasks`;

  if (applicationTargetGroup)
    dashboard
      .monitorFargateApplicationLoadBalancer({
        fargateService,
        applicationLoadBalancer: edge.loadBalancer,
        applicationTargetGroup,
        humanReadableName,
      })
      .monitorCustom({
        humanReadableName: `${service}: requests`,
        alarmFriendlyName: `${service}-requests`,
        metricGroups: requestMetrics(service, own),
      });
  else
    dashboard.monitorSimpleFargateService({ fargateService, humanReadableName }).monitorCustom({
      humanReadableName: `${service}: running tasks`,
      alarmFriendlyName: `${service}-running-tasks`,
      metricGroups: [{ title: 'Running tasks', metrics: [metrics.runningTasks(service)] }],
    });
  if (service === stockKeeper)
    dashboard.monitorCustom({
      humanReadableName: `${service}: stock and holds`,
      alarmFriendlyName: `${service}-stock`,
      metricGroups: stockMetrics(service, own),
    });
  if (table)
    dashboard.monitorDynamoTable({ table, humanReadableName: `${topology.services[service].table} table` });
}

function requestMetrics(service: ServiceName, own: MetricFactory): CustomMetricGroup[] {
  const latency: MetricName = 'RequestLatency';
  const counted = (name: CounterName, label: string) =>
    own.createMetric(name, MetricStatistic.SUM, label, { service });
  return [
    {
      title: 'p99 by route, ms',
      metrics: [
        {
          searchQuery: `MetricName="${latency}" service="${service}"`,
          dimensionsMap: {
            service,
            route: undefined,
          } as unknown as cloudwatch.DimensionsMap,
          statistic: MetricStatistic.P99,
        },
      ],
    },
    {
      title: 'Rejected requests, retried conflicts',
      metrics: [
        counted('RequestsShed', 'shed'),
        counted('RequestsRateLimited', 'rate limited'),
        counted('ConflictsRetried', 'conflicts retried'),
      ],
    },
  ];
}

export interface FlowDashboardProps {
  readonly names: Names;
  readonly namespace: string;
  readonly contexts: Readonly<Record<ServiceName, ContextStack>>;
  readonly alarms: readonly cloudwatch.Alarm[];
}

/** Dashboard of the event flow (relays, queues, consumers), with the state of every alarm. */
export function addFlowDashboard(
  scope: Construct,
  { names, namespace, contexts, alarms }: FlowDashboardProps,
): void {
  const dashboard = openDashboard(scope, names.of('tandem-events'), namespace);
  const own = dashboard.createMetricFactory();
  dashboard
    .addLargeHeader('Events')
    .addWidget(
      new cloudwatch.AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: 24, height: 6 }),
    );
  for (const service of serviceNames) {
    const { relay, queues } = contexts[service];
    if (relay)
      dashboard.monitorLambdaFunction({
        lambdaFunction: relay.relay,
        isIterator: true,
        humanReadableName: `${service}: relay`,
      });
    const metricGroups = [
      ...(relay ? relayMetrics(service, own) : []),
      ...(queues.length > 0 ? consumerMetrics(service, own) : []),
    ];
    if (metricGroups.length > 0)
      dashboard.monitorCustom({
        humanReadableName: `${service}: event flow`,
        alarmFriendlyName: `${service}-event-flow`,
        metricGroups,
      });
  }
  const byName = (name: string) => Queue.fromQueueArn(scope, `${name}-watched`, names.queueArn(name));
  for (const [name, { deadLetterQueue }] of Object.entries(topology.queues)) {
    dashboard.monitorSqsQueueWithDlq({
      queue: byName(name),
      deadLetterQueue: byName(deadLetterQueue),
      humanReadableName: name,
    });
  }
}

function relayMetrics(service: ServiceName, own: MetricFactory): CustomMetricGroup[] {
  return [{ title: 'Commit to publish, ms', metrics: percentiles('RelayLag', service, own) }];
}

function consumerMetrics(service: ServiceName, own: MetricFactory): CustomMetricGroup[] {
  const counted = (name: CounterName, label: string) =>
    own.createMetric(name, MetricStatistic.SUM, label, { service });
  return [
    { title: 'Commit to effect, ms', metrics: percentiles('PropagationDelay', service, own) },
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
