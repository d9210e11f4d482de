import assert from 'node:assert/strict';
import type { CloudFormation } from './synth.ts';

/** A request of a viewer, or to the origin; names of headers are in lower case. */
export interface EdgeRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface EdgeResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Stored {
  readonly response: EdgeResponse;
  readonly storedAt: number;
  readonly seconds: number;
}

type Properties = Record<string, any>; // oxlint-disable-line typescript/no-explicit-any -- as in a template

const CACHING_DISABLED = '4135ea2d-6df8-44a3-9df3-4b5a84be39ad';
const ALL_VIEWER = '216adef6-5c7f-47e4-b989-5492eafa07d3';
/** "HTTP 4xx and 5xx status codes that CloudFront caches", and for how long by default. */
const CACHED_ERRORS = new Set([400, 403, 404, 405, 410, 412, 414, 415, 500, 501, 502, 503, 504]);
const DEFAULT_ERROR_SECONDS = 10;
/** Errors of which CloudFront honours `no-store`, `no-cache` and `private`; of the others it ignores them. */
const HONOURED_ERRORS = new Set([404, 410, 414, 501]);

/**
 * One cache of CloudFront, as its template configures it and its developer guide describes it (November 2026): behaviours by path, cache
 * keys, lifetimes, errors, conditional requests, and what is forwarded. `now` is in seconds; `viewer` the address of the client.
 */
export function createEdgeCache(
  template: CloudFormation,
  {
    origin,
    now,
  }: { readonly origin: (request: EdgeRequest) => Promise<EdgeResponse>; readonly now: () => number },
) {
  const [distribution] = Object.values(template.Resources).filter(
    ({ Type }) => Type === 'AWS::CloudFront::Distribution',
  );
  const config: Properties = distribution?.Properties['DistributionConfig'];
  const stored = new Map<string, Stored>();

  const behaviourOf = (path: string): Properties =>
    (config['CacheBehaviors'] as Properties[]).find(({ PathPattern }) =>
      matches(PathPattern as string, path),
    ) ?? config['DefaultCacheBehavior'];
  const referred = (reference: unknown, property: string): Properties | undefined => {
    const id = (reference as { Ref?: string } | undefined)?.Ref;
    return id === undefined ? undefined : template.Resources[id]?.Properties[property];
  };

  function errorSeconds({ status, headers }: EdgeResponse): number {
    if (!CACHED_ERRORS.has(status)) return 0;
    if (HONOURED_ERRORS.has(status) && isPrivate(headers['cache-control'])) return 0;
    const rule = (config['CustomErrorResponses'] as Properties[] | undefined)?.find(
      ({ ErrorCode }) => ErrorCode === status,
    );
    return Number(rule?.['ErrorCachingMinTTL'] ?? DEFAULT_ERROR_SECONDS);
  }

  function secondsOf(response: EdgeResponse, policy: Properties | undefined): number {
    if (policy === undefined) return 0;
    if (response.status >= 400) return errorSeconds(response);
    const control = response.headers['cache-control'] ?? '';
    if (isPrivate(control)) return Number(policy['MinTTL']);
    const [, shared] = /s-maxage=(\d+)/.exec(control) ?? /max-age=(\d+)/.exec(control) ?? [];
    const wanted = Number(shared ?? policy['DefaultTTL']);
    return Math.max(Number(policy['MinTTL']), Math.min(Number(policy['MaxTTL']), wanted));
  }

  async function request(given: EdgeRequest, viewer: string): Promise<EdgeResponse> {
    const behaviour = behaviourOf(given.url.split('?')[0] ?? '');
    if (!(behaviour['AllowedMethods'] as string[]).includes(given.method))
      return {
        status: 403,
        headers: {},
        body: 'This distribution is not configured to allow the HTTP method',
      };
    const isDisabled = behaviour['CachePolicyId'] === CACHING_DISABLED;
    const policy = isDisabled ? undefined : referred(behaviour['CachePolicyId'], 'CachePolicyConfig');
    assert.ok(isDisabled || policy, 'the cache policy is neither known nor in the template');
    const forwarded = forward(given, {
      policy,
      viewer,
      isAll: behaviour['OriginRequestPolicyId'] === ALL_VIEWER,
    });
    const finish = (response: EdgeResponse) => withoutHeaders(response, removedHeaders(behaviour));

    const key = policy && ['GET', 'HEAD'].includes(given.method) ? keyOf(given, policy) : undefined;
    const found = key === undefined ? undefined : stored.get(key);
    const age = found ? now() - found.storedAt : 0;
    if (found && age < found.seconds) return finish(conditional(given, found.response, age));
    // What has expired is revalidated with its own tag.
    const tag = found?.response.headers['etag'];
    const revalidating =
      tag === undefined
        ? forwarded
        : { ...forwarded, headers: { ...forwarded.headers, 'if-none-match': tag } };
    const answer = await origin(revalidating);
    const response =
      answer.status === 304 && found
        ? { ...found.response, headers: { ...found.response.headers, ...answer.headers } }
        : answer;
    const seconds = key === undefined || response.status === 304 ? 0 : secondsOf(response, policy);
    if (key !== undefined && seconds > 0) stored.set(key, { response, storedAt: now(), seconds });
    return finish(found ? conditional(given, response, 0) : response);
  }

  function removedHeaders({ ResponseHeadersPolicyId }: Properties): readonly string[] {
    const policy = referred(ResponseHeadersPolicyId, 'ResponseHeadersPolicyConfig');
    const items = (policy?.['RemoveHeadersConfig']?.Items ?? []) as { readonly Header: string }[];
    return items.map(({ Header }) => Header);
  }
  return { request };
}

function matches(pattern: string, path: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^/?${expression.replace(/^\//, '')}$`).test(path);
}

function isPrivate(cacheControl = ''): boolean {
  return /\b(?:private|no-store|no-cache)\b/.test(cacheControl);
}

/** `gzip` and `br` alone are distinguished, if the policy is to. */
function codingsOf({ headers }: EdgeRequest, policy: Properties): string {
  const { EnableAcceptEncodingBrotli: br, EnableAcceptEncodingGzip: gzip } =
    policy['ParametersInCacheKeyAndForwardedToOrigin'];
  const accepted = headers['accept-encoding'] ?? '';
  return [br && /\bbr\b/.test(accepted) && 'br', gzip && /\bgzip\b/.test(accepted) && 'gzip']
    .filter(Boolean)
    .join();
}

function keyOf(request: EdgeRequest, policy: Properties): string {
  const { HeadersConfig, QueryStringsConfig, CookiesConfig } =
    policy['ParametersInCacheKeyAndForwardedToOrigin'];
  assert.equal(CookiesConfig.CookieBehavior, 'none');
  const headers = (HeadersConfig.Headers ?? []) as string[];
  const [path, query] = request.url.split('?');
  return JSON.stringify([
    request.method,
    path,
    QueryStringsConfig.QueryStringBehavior === 'all' ? query : '',
    headers.map((name) => request.headers[name.toLowerCase()]),
    codingsOf(request, policy),
  ]);
}

/** The request as the load balancer forwards it: each proxy appends the address that it got it from. */
function forward(
  request: EdgeRequest,
  options: { readonly policy: Properties | undefined; readonly viewer: string; readonly isAll: boolean },
): EdgeRequest {
  const { policy, viewer, isAll } = options;
  assert.ok(isAll, 'another policy forwards no Authorization');
  const addresses = [request.headers['x-forwarded-for'], viewer, CLOUDFRONT_ADDRESS].filter(Boolean);
  return {
    ...request,
    headers: {
      ...request.headers,
      ...(policy && { 'accept-encoding': codingsOf(request, policy) || 'identity' }),
      'x-forwarded-for': addresses.join(', '),
      'x-forwarded-proto': 'https',
    },
  };
}

/** The address from which CloudFront connects to the load balancer. */
const CLOUDFRONT_ADDRESS = '130.176.0.1';

function conditional(request: EdgeRequest, response: EdgeResponse, age: number): EdgeResponse {
  const headers = { ...response.headers, age: String(Math.floor(age)) };
  const tags = request.headers['if-none-match']?.split(/,\s*/) ?? [];
  const isKnown = tags.some(
    (tag) => tag.replace(/^W\//, '') === response.headers['etag']?.replace(/^W\//, ''),
  );
  return isKnown ? { status: 304, headers, body: '' } : { ...response, headers };
}

function withoutHeaders(response: EdgeResponse, names: readonly string[]): EdgeResponse {
  const headers = Object.entries(response.headers).filter(([name]) => !names.includes(name));
  return { ...response, headers: Object.fromEntries(headers) };
}
