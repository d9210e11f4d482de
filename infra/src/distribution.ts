import { Duration } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudfront from 'aws-cdk-lib/aws-cloudfront';
import * as origins from 'aws-cdk-lib/aws-cloudfront-origins';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { topology } from '@tandem/contracts/topology';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { TEST_HEADER } from './context/deployment-test.ts';

export interface DistributionProps {
  readonly domainName: string;
  /** In us-east-1. */
  readonly certificate: acm.ICertificate;
  /** A private load balancer, which listens for HTTPS with a certificate for the domain. */
  readonly loadBalancer: elbv2.ApplicationLoadBalancer;
  /** Bucket that accepts the log files of CloudFront. */
  readonly logs: s3.IBucket;
  readonly webAclArn: string | undefined;
  readonly priceClass: '100' | '200' | 'All';
}

/** Upper limit of what an origin may ask for; ours asks for a second. */
const MAX_TTL = Duration.minutes(1);
/** Status codes that CloudFront caches for ten seconds by default, most of them whatever `Cache-Control` says. */
const CACHED_ERRORS = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
/** Less than the idle timeout of the load balancer, which would otherwise close connections that CloudFront uses again. */
const KEEP_ALIVE = Duration.seconds(55);
/** Its maximum without a raised quota: an import has to finish within it. */
const READ_TIMEOUT = Duration.seconds(60);

/**
 * CloudFront in front of a private load balancer, which it reaches through a VPC origin. Reads of the catalog are cached as long as
 * their `Cache-Control` says; anything else, errors included, is passed on. Requests arrive with all headers of the viewer.
 */
export function createDistribution(scope: Construct, props: DistributionProps): cloudfront.Distribution {
  const origin = origins.VpcOrigin.withApplicationLoadBalancer(props.loadBalancer, {
    protocolPolicy: cloudfront.OriginProtocolPolicy.HTTPS_ONLY,
    originSslProtocols: [cloudfront.OriginSslPolicy.TLS_V1_2],
    readTimeout: READ_TIMEOUT,
    keepaliveTimeout: KEEP_ALIVE,
  });
  const passedOn: cloudfront.BehaviorOptions = {
    origin,
    allowedMethods: cloudfront.AllowedMethods.ALLOW_ALL,
    cachePolicy: cloudfront.CachePolicy.CACHING_DISABLED,
    // With `Host`, which the certificate of the load balancer is for, and `Authorization`.
    originRequestPolicy: cloudfront.OriginRequestPolicy.ALL_VIEWER,
    viewerProtocolPolicy: cloudfront.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
    // Services compress themselves, and name the coding in the tag.
    compress: false,
  };
  const catalog: cloudfront.BehaviorOptions = {
    ...passedOn,
    cachePolicy: catalogCachePolicy(scope),
    responseHeadersPolicy: new cloudfront.ResponseHeadersPolicy(scope, 'CatalogHeaders', {
      comment: 'A cached response is not of the client that the rate limit was counted for',
      removeHeaders: ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'],
    }),
  };
  const distribution = new cloudfront.Distribution(scope, 'Distribution', {
    comment: props.domainName,
    domainNames: [props.domainName],
    certificate: props.certificate,
    minimumProtocolVersion: cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
    httpVersion: cloudfront.HttpVersion.HTTP2_AND_3,
    priceClass: cloudfront.PriceClass[`PRICE_CLASS_${props.priceClass === 'All' ? 'ALL' : props.priceClass}`],
    defaultBehavior: passedOn,
    additionalBehaviors: Object.fromEntries(
      topology.services.product.paths.flatMap((path) => [
        [path, catalog],
        [`${path}/*`, catalog],
      ]),
    ),
    errorResponses: CACHED_ERRORS.map((httpStatus) => ({ httpStatus, ttl: Duration.seconds(0) })),
    ...(props.webAclArn !== undefined && { webAclId: props.webAclArn }),
    enableLogging: true,
    logBucket: props.logs,
  });
  acknowledge(distribution, {
    'AwsSolutions-CFR1':
      'a shop sells where its merchant delivers, which is not decided by the address of a shopper',
    ...(props.webAclArn === undefined && {
      'AwsSolutions-CFR2':
        'optional by a setting, at $6 a month and $0.60 a million requests: services have rate limits',
    }),
  });
  return distribution;
}

/** Caches as long as the origin says; what it does not speak of, or forbids, not at all. */
function catalogCachePolicy(scope: Construct): cloudfront.CachePolicy {
  return new cloudfront.CachePolicy(scope, 'Catalog', {
    comment: 'Reads of the catalog: as long as Cache-Control says',
    // More than 0 would keep even what is `private` or `no-store`.
    minTtl: Duration.seconds(0),
    defaultTtl: Duration.seconds(0),
    maxTtl: MAX_TTL,
    queryStringBehavior: cloudfront.CacheQueryStringBehavior.all(),
    // CloudFront ignores `Vary`: the response names the origin that may read it.
    // The test of a deployment is for the new version: it gets no response of the old one, and leaves none to shoppers.
    headerBehavior: cloudfront.CacheHeaderBehavior.allowList('Origin', TEST_HEADER),
    cookieBehavior: cloudfront.CacheCookieBehavior.none(),
    enableAcceptEncodingBrotli: true,
    enableAcceptEncodingGzip: true,
  });
}
