import { z } from 'zod';
import type { Settings } from './settings.ts';

/** Region of the certificates and web ACLs of CloudFront, whatever the region of its origin. */
export const CLOUDFRONT_REGION = 'us-east-1';

/** CloudFront in front of the load balancer. */
export const cloudFront = z.strictObject({
  prefixListId: z
    .string()
    .regex(/^pl-[0-9a-f]{8,17}$/, 'expected the id of a prefix list such as pl-3b927c52')
    .describe('Id of com.amazonaws.global.cloudfront.origin-facing in the region of the stage'),
  certificateArn: z
    .string()
    .startsWith(`arn:aws:acm:${CLOUDFRONT_REGION}:`, `expected a certificate of ACM in ${CLOUDFRONT_REGION}`)
    .optional()
    .describe('Certificate for the domain at CloudFront; default: that of the load balancer, in us-east-1'),
  webAclArn: z
    .string()
    .startsWith(`arn:aws:wafv2:${CLOUDFRONT_REGION}:`, `expected a web ACL in ${CLOUDFRONT_REGION}`)
    .optional()
    .describe('Web ACL of your own for CloudFront; in us-east-1 `waf` creates one'),
  priceClass: z
    .enum(['100', '200', 'All'])
    .default('100')
    .describe('Locations: North America and Europe, most others, or all'),
});

/** What is wrong with these settings in combination with CloudFront, each with its path. */
export function distributionIssues({
  cloudFront: distribution,
  domain,
  egress,
  region,
  waf,
}: Settings): (readonly [path: string[], message: string])[] {
  if (!distribution) return [];
  const isAtHome = region === CLOUDFRONT_REGION;
  const issues: (readonly [boolean, string[], string])[] = [
    [!domain, ['cloudFront'], 'needs a domain for its certificate: set domain'],
    [
      egress === 'ipv6',
      ['cloudFront'],
      'reaches private IPv4 addresses only: choose egress "nat" or "endpoints"',
    ],
    [
      !isAtHome && !distribution.certificateArn,
      ['cloudFront', 'certificateArn'],
      `CloudFront takes certificates of ${CLOUDFRONT_REGION} only: create one there for the domain, and set its ARN`,
    ],
    [
      !isAtHome && waf !== undefined,
      ['waf'],
      `CloudFront takes web ACLs of ${CLOUDFRONT_REGION} only: create one there, and set cloudFront.webAclArn instead`,
    ],
    [
      waf !== undefined && distribution.webAclArn !== undefined,
      ['waf'],
      'a distribution has one web ACL: remove waf, or cloudFront.webAclArn',
    ],
  ];
  return issues.flatMap(([isWrong, path, message]) => (isWrong ? [[path, message] as const] : []));
}
