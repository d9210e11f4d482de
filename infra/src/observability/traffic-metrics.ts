import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Load balancer and target groups of a service. */
export interface ObservedTraffic {
  /** Full name, as in the dimensions of CloudWatch. */
  readonly loadBalancer: string;
  /** Full names; two where canary deployments alternate between them. */
  readonly targetGroups: readonly string[];
}

/** With fewer requests in a period, a single long one (an import, a checkout that waits) would be the p99. */
const MIN_REQUESTS_FOR_P99 = 100;

/** Load balancer metrics of a service, over all of its target groups. */
export function trafficMetrics({ loadBalancer, targetGroups }: ObservedTraffic) {
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
    healthyTasks: (period: Duration) => summed('HealthyHostCount', 'Minimum', period),
    /** The p99 in seconds; 0 in a period with too few requests for one. */
    latency: (period: Duration) => {
      const latencies = metrics('TargetResponseTime', 'p99', period);
      const requests = metrics('RequestCount', 'Sum', period, 'requests');
      const longest = `MAX([${Object.keys(latencies).join()}])`;
      return new cloudwatch.MathExpression({
        expression: `IF(${filledSum(requests)} >= ${MIN_REQUESTS_FOR_P99}, ${longest}, 0)`,
        label: 'p99',
        period,
        usingMetrics: { ...latencies, ...requests },
      });
    },
  };
}

/** 5xx responses of the load balancer itself, of all services together. */
export function balancerErrors(loadBalancer: string, period: Duration): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: 'AWS/ApplicationELB',
    metricName: 'HTTPCode_ELB_5XX_Count',
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
): cloudwatch.IMetric {
  const [first, ...rest] = Object.values(metrics);
  if (first && rest.length === 0) return first;
  return new cloudwatch.MathExpression({
    expression: filledSum(metrics),
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
