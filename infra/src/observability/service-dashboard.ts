import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { BillingMode, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { CounterName, MetricName } from '@tandem/contracts/metric-catalog';
import { type ServiceName, topology } from '@tandem/contracts/topology';
import {
  type CustomMetricGroup,
  type MetricFactory,
  MetricStatistic,
  type MonitoringFacade,
} from 'cdk-monitoring-constructs';
import type { ContextStack } from '../context/stack.ts';
import { capacityOf } from '../context/table.ts';
import type { Tasks } from '../context/tasks.ts';
import { namesIn } from '../names.ts';
import type { Settings } from '../settings.ts';
import { type Metrics, stockKeeper } from './metrics.ts';
import { stockMetrics } from './stock-widgets.ts';
import { trafficMetrics } from './traffic-metrics.ts';

const MINUTE = Duration.minutes(1);
const HOUR = Duration.hours(1);

export interface ServiceDashboardProps {
  readonly service: ServiceName;
  readonly metrics: Metrics;
  readonly context: ContextStack;
  readonly settings: Settings;
}

/**
 * Adds one service to a dashboard: tasks or functions, requests if any are routed to it, the stock where it is kept, its table
 * if any.
 */
export function addService(
  dashboard: MonitoringFacade,
  { service, metrics, context, settings }: ServiceDashboardProps,
): void {
  dashboard.addLargeHeader(service);
  const own = dashboard.createMetricFactory();
  const { tasks, functions, traffic } = context;
  const { table } = topology.services[service];
  if (tasks) addTasks(dashboard, service, tasks, metrics);
  for (const [kind, lambdaFunction] of Object.entries({ consumer: functions?.consumer, api: functions?.api }))
    if (lambdaFunction)
      dashboard.monitorLambdaFunction({ lambdaFunction, humanReadableName: `${service}: ${kind} function` });
  if (traffic)
    dashboard.monitorCustom({
      humanReadableName: `${service}: requests`,
      alarmFriendlyName: `${service}-requests`,
      metricGroups: [
        ...(tasks
          ? [{ title: 'Healthy tasks', metrics: [trafficMetrics(traffic).healthyTasks(MINUTE)] }]
          : []),
        ...responseMetrics(trafficMetrics(traffic)),
        ...requestMetrics(service, own),
      ],
    });
  if (service === stockKeeper)
    dashboard.monitorCustom({
      humanReadableName: `${service}: stock and holds`,
      alarmFriendlyName: `${service}-stock`,
      metricGroups: stockMetrics(service, own),
    });
  if (!table) return;
  const names = namesIn(dashboard, settings.namePrefix);
  const { mode } = capacityOf(settings, functions ? 'function' : 'task');
  dashboard.monitorDynamoTable({
    table: TableV2.fromTableArn(dashboard, `${table}-watched`, names.tableArn(table)),
    billingMode: mode === 'onDemand' ? BillingMode.PAY_PER_REQUEST : BillingMode.PROVISIONED,
    humanReadableName: `${table} table`,
  });
  dashboard.monitorCustom({
    humanReadableName: `${table} table: expiry`,
    alarmFriendlyName: `${table}-expiry`,
    metricGroups: [{ title: 'Items deleted by TTL', metrics: [metrics.expiredItems(table, HOUR)] }],
  });
}

function addTasks(
  dashboard: MonitoringFacade,
  service: ServiceName,
  { service: fargateService }: Tasks,
  metrics: Metrics,
): void {
  dashboard
    .monitorSimpleFargateService({ fargateService, humanReadableName: `${service}: tasks` })
    .monitorCustom({
      humanReadableName: `${service}: running tasks`,
      alarmFriendlyName: `${service}-running-tasks`,
      metricGroups: [{ title: 'Running tasks', metrics: [metrics.runningTasks(service)] }],
    });
}

/**
 * Metrics of the load balancer. The library's own widget derives the load balancer's name from the ARN of the listener by
 * `Fn::Split`, which is not documented for outputs of other stacks (`Fn::GetStackOutput`).
 */
function responseMetrics({ serverErrors, latency }: ReturnType<typeof trafficMetrics>): CustomMetricGroup[] {
  return [
    { title: '5xx responses', metrics: [serverErrors(MINUTE)] },
    { title: 'p99, s', metrics: [latency(MINUTE)] },
  ];
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
        counted('TokensRejected', 'tokens rejected'),
        counted('ConflictsRetried', 'conflicts retried'),
      ],
    },
  ];
}
