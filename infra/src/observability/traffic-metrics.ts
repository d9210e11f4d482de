import type { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';

/** Where the load balancer sends the requests of a service. */
export interface ObservedTraffic {
  /** By their full names, as CloudWatch knows them. */
  readonly loadBalancer: string;
  /** More than one where deployments alternate between two. */
  readonly targetGroups: readonly string[];
}

/** Of fewer requests in a period, one that takes long by its nature (an import, a checkout that waits) would be the p99. */
const ENOUGH_REQUESTS = 100;

/** What the load balancer tells of a service, over all of its target groups. */
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
    healthyTasks: (period: Duration) => summed('HealthyHostCount', 'Minimum', period),
    /** The p99 in seconds; 0 in a period with too few requests for one. */
    latency: (period: Duration) => {
      const latencies = metrics('TargetResponseTime', 'p99', period);
      const requests = metrics('RequestCount', 'Sum', period, 'requests');
      const longest = `MAX([${Object.keys(latencies).join()}])`;
      return new cloudwatch.MathExpression({
        expression: `IF(${filledSum(requests)} >= ${ENOUGH_REQUESTS}, ${longest}, 0)`,
        label: 'p99',
        period,
        usingMetrics: { ...latencies, ...requests },
      });
    },
  };
}

/** The sum of metrics, silence being 0; the metric itself where there is one. */
export function sumOf(
  metrics: Readonly<Record<string, cloudwatch.Metric>>,
  label: string,
  period: Duration,
): cloudwatch.IMetric {
  const [first, ...others] = Object.values(metrics);
  if (first && others.length === 0) return first;
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
