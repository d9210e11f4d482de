import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import type { CounterName, MetricName } from '@tandem/contracts/metric-catalog';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import { DefaultDashboardFactory, MetricStatistic, MonitoringFacade } from 'cdk-monitoring-constructs';
import type { Construct } from 'constructs';
import type { ContextStack } from '../context/stack.ts';
import type { EdgeStack } from '../edge.ts';
import type { Names } from '../names.ts';
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
  readonly context: ContextStack;
  readonly edge: EdgeStack;
}

/** Dashboard of one service: requests, tasks, table. */
export function addServiceDashboard(
  scope: Construct,
  { service, names, namespace, context, edge }: ServiceDashboardProps,
): void {
  const dashboard = openDashboard(scope, names.of(`tandem-${service}`), namespace);
  const own = dashboard.createMetricFactory();
  const latency: MetricName = 'RequestLatency';
  const [applicationTargetGroup] = context.targetGroups;
  if (!applicationTargetGroup) throw new Error(`${service} has no target group`);
  const counted = (name: CounterName, label: string) =>
    own.createMetric(name, MetricStatistic.SUM, label, { service });

  dashboard
    .addLargeHeader(service)
    .monitorFargateApplicationLoadBalancer({
      fargateService: context.service,
      applicationLoadBalancer: edge.loadBalancer,
      applicationTargetGroup,
      humanReadableName: `${service}: tasks`,
    })
    .monitorCustom({
      humanReadableName: `${service}: requests`,
      alarmFriendlyName: `${service}-requests`,
      metricGroups: [
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
      ],
    });
  if (service === 'product')
    dashboard.monitorCustom({
      humanReadableName: 'product: stock and holds',
      alarmFriendlyName: 'product-stock',
      metricGroups: stockMetrics(own),
    });
  dashboard.monitorDynamoTable({
    table: context.table,
    humanReadableName: `${topology.relays[service].table} table`,
  });
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
  for (const [service, context] of Object.entries(contexts)) {
    const observed = (name: MetricName, label: string, statistic: MetricStatistic) =>
      own.createMetric(name, statistic, label, { service });
    dashboard
      .monitorLambdaFunction({
        lambdaFunction: context.relay.relay,
        isIterator: true,
        humanReadableName: `${service}: relay`,
      })
      .monitorCustom({
        humanReadableName: `${service}: event flow`,
        alarmFriendlyName: `${service}-event-flow`,
        metricGroups: [
          {
            title: 'Commit to publish, ms',
            metrics: [
              observed('RelayLag', 'p50', MetricStatistic.P50),
              observed('RelayLag', 'p99', MetricStatistic.P99),
            ],
          },
          {
            title: 'Commit to effect, ms',
            metrics: [
              observed('PropagationDelay', 'p50', MetricStatistic.P50),
              observed('PropagationDelay', 'p99', MetricStatistic.P99),
            ],
          },
          {
            title: 'Messages that failed',
            metrics: [
              observed('MessagesFailed', 'not applied', MetricStatistic.SUM),
              observed('MessagesInvalid', 'rejected by schema', MetricStatistic.SUM),
              observed('MessagesOfUnknownType', 'unknown type', MetricStatistic.SUM),
            ],
          },
        ],
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
