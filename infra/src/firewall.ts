import type { Stack } from 'aws-cdk-lib';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';

/**
 * Creates a web ACL with a rate limit per address, and returns its ARN. `REGIONAL` is for a load balancer that clients connect to;
 * behind CloudFront it would count CloudFront's addresses, so the limit is at CloudFront then (`CLOUDFRONT`, in us-east-1 only).
 */
export function createFirewall(
  stack: Stack,
  scope: 'REGIONAL' | 'CLOUDFRONT',
  requestsPerFiveMinutes: number,
): string {
  const visibilityConfig = {
    cloudWatchMetricsEnabled: true,
    metricName: `${stack.stackName}-rate`,
    sampledRequestsEnabled: true,
  };
  const acl = new wafv2.CfnWebACL(stack, 'Firewall', {
    scope,
    defaultAction: { allow: {} },
    visibilityConfig,
    rules: [
      {
        name: 'rate',
        priority: 0,
        action: { block: { customResponse: { responseCode: 429 } } },
        statement: {
          rateBasedStatement: {
            aggregateKeyType: 'IP',
            limit: requestsPerFiveMinutes,
            evaluationWindowSec: 300,
          },
        },
        visibilityConfig,
      },
    ],
  });
  return acl.attrArn;
}
