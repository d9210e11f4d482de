import type { CounterName } from '@tandem/contracts/metric-catalog';
import type { ServiceName } from '@tandem/contracts/topology';
import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Load balancer and target groups of a service. */
export interface ObservedTraffic {
  readonly service: ServiceName;
  /** Namespace of the metrics that the service emits. */
  readonly namespace: string;
  /** Full name, as in the dimensions of CloudWatch. */
  readonly loadBalancer: string;
  /** Full names; two where canary deployments alternate between them. */
  readonly targetGroups: readonly string[];
}

/** With fewer requests in a period, a single slow one would be a percent. */
const MIN_REQUESTS_FOR_PERCENT = 100;

/** Load balancer metrics of a service, over all of its target groups. */
export function trafficMetrics({ service, namespace, loadBalancer, targetGroups }: ObservedTraffic) {
  const metrics = (metricName: string, statistic: string, period: Duration, prefix = 'm') =>
    Object.fromEntries(
      targetGroups.map((targetGroup, i) => [
        `${prefix}${i}`,
        new cloudwatch.Metric({
          namespace: 'AWS/ApplicationELB',
          metricName,
          dimensionsMap: { LoadBalancer: loadBalancer, TargetGroup: targetGroup },
          statistic,
          period,
        }),
      ]),
    );
  const summed = (metricName: string, statistic: string, period: Duration) =>
    sumOf(metrics(metricName, statistic, period), metricName, period);

  return {
    serverErrors: (period: Duration) => summed('HTTPCode_Target_5XX_Count', 'Sum', period),
    /** Failed connections to tasks; the load balancer itself responds with 502 or 504 then. */
    connectionErrors: (period: Duration) => summed('TargetConnectionErrorCount', 'Sum', period),
    /** Those of the group that has most: while a deployment shifts requests, the other has as many again. */
    healthyTasks: (period: Duration) =>
      greatest(metrics('HealthyHostCount', 'Minimum', period), 'healthy tasks', period),
    /** The p99 in seconds, with requests that wait by design. */
    latency: (period: Duration) => greatest(metrics('TargetResponseTime', 'p99', period), 'p99', period),
    /**
     * Percent of the requests that are slow: those that take half a second or longer, without those that wait by design, which
     * the load balancer cannot tell. 0 in a period with too few requests.
     */
    slowPercent: (period: Duration) => {
      const requests = metrics('RequestCount', 'Sum', period, 'requests');
      const name: CounterName = 'SlowRequests';
      const slow = new cloudwatch.Metric({
        namespace,
        metricName: name,
        dimensionsMap: { service },
        statistic: 'Sum',
        period,
      });
      const all = filledSum(requests);
      return new cloudwatch.MathExpression({
        expression: `IF(${all} >= ${MIN_REQUESTS_FOR_PERCENT}, 100 * FILL(slow, 0) / (${all}), 0)`,
        label: '% slow',
        period,
        usingMetrics: { slow, ...requests },
      });
    },
  };
}

/** 5xx responses of the load balancer itself, of all services together. */
export function balancerErrors(loadBalancer: string, period: Duration): cloudwatch.Metric {
  return ofBalancer('HTTPCode_ELB_5XX_Count', loadBalancer, period);
}

/** Share of 5xx responses of a distribution of CloudFront, in percent. */
export function distributionErrors(distributionId: string, period: Duration): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/CloudFront',
    metricName: '5xxErrorRate',
    dimensionsMap: { DistributionId: distributionId, Region: 'Global' },
    statistic: 'Average',
    period,
  });
}

/** Requests to all services in a period in which the probe ran; 1 in a period in which it did not, where none means nothing. */
export function probedRequests(
  runs: cloudwatch.Metric,
  loadBalancer: string,
  period: Duration,
): cloudwatch.MathExpression {
  return new cloudwatch.MathExpression({
    expression: 'IF(FILL(runs, 0) > 0, FILL(requests, 0), 1)',
    label: 'requests while the probe runs',
    period,
    usingMetrics: { runs, requests: ofBalancer('RequestCount', loadBalancer, period) },
  });
}

function ofBalancer(metricName: string, loadBalancer: string, period: Duration): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName,
    dimensionsMap: { LoadBalancer: loadBalancer },
    statistic: 'Sum',
    period,
  });
}

/** Sum of metrics, with missing data as 0; a single metric as it is. */
export function sumOf(
  metrics: Readonly<Record<string, cloudwatch.Metric>>,
  label: string,
  period: Duration,
): cloudwatch.Metric | cloudwatch.MathExpression {
  const [first, ...rest] = Object.values(metrics);
  if (first && rest.length === 0) return first;
  return new cloudwatch.MathExpression({
    expression: filledSum(metrics),
    label,
    period,
    usingMetrics: metrics,
  });
}

/** Greatest of metrics, missing only if all are; a single metric as it is. */
function greatest(
  metrics: Readonly<Record<string, cloudwatch.Metric>>,
  label: string,
  period: Duration,
): cloudwatch.Metric | cloudwatch.MathExpression {
  const [first, ...rest] = Object.values(metrics);
  if (first && rest.length === 0) return first;
  return new cloudwatch.MathExpression({
    expression: `MAX([${Object.keys(metrics).join()}])`,
    label,
    period,
    usingMetrics: metrics,
  });
}

function filledSum(metrics: object): string {
  return Object.keys(metrics)
    .map((id) => `FILL(${id}, 0)`)
    .join(' + ');
}
