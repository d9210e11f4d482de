import { isUtf8 } from 'node:buffer';
import { type OutgoingHttpHeaders, STATUS_CODES } from 'node:http';

type Values = Readonly<Record<string, string>>;
type MultiValues = Readonly<Record<string, readonly string[]>>;

/**
 * A request as an Application Load Balancer passes it to a function. Path and query are as the client encoded them. If the
 * target group has multi-value headers enabled, the two `multiValue` members are present, and the two single ones are not.
 *
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/lambda-functions.html
 */
export interface AlbEvent {
  readonly httpMethod: string;
  readonly path: string;
  readonly queryStringParameters?: Values;
  readonly multiValueQueryStringParameters?: MultiValues;
  readonly headers?: Values;
  readonly multiValueHeaders?: MultiValues;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
}

/** A response as the load balancer expects it: with headers of the kind that the event has. */
export interface AlbResponse {
  readonly statusCode: number;
  readonly statusDescription: string;
  readonly headers?: Values;
  readonly multiValueHeaders?: MultiValues;
  readonly body: string;
  readonly isBase64Encoded: boolean;
}

/** Headers of one connection, and the length, which the load balancer computes. */
const ownHeaders = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

/** Request target: path and query, encoded as the client sent them. */
export function targetOf({
  path,
  queryStringParameters = {},
  multiValueQueryStringParameters: multiValues,
}: AlbEvent): string {
  const parameters = multiValues
    ? Object.entries(multiValues).flatMap(([name, values]) => values.map((value) => `${name}=${value}`))
    : Object.entries(queryStringParameters).map(([name, value]) => `${name}=${value}`);
  return parameters.length === 0 ? path : `${path}?${parameters.join('&')}`;
}

/** Body of a request; undefined if it has none. */
export function bodyOf({ body, isBase64Encoded = false }: AlbEvent): Buffer | undefined {
  return body ? Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8') : undefined;
}

/** Headers of a request, by names in lower case. The length is that of the body, which the load balancer has decoded. */
export function headersOf(event: AlbEvent): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(event.multiValueHeaders ?? event.headers ?? {}))
    headers[name.toLowerCase()] = typeof value === 'string' ? value : [...value];
  const hasLength = 'content-length' in headers;
  delete headers['transfer-encoding'];
  delete headers['content-length'];
  const length = bodyOf(event)?.length ?? 0;
  return length > 0 || hasLength ? { ...headers, 'content-length': String(length) } : headers;
}

/** Response to an event. A body that is not text, such as a compressed one, is encoded as base64. */
export function albResponse(
  { multiValueHeaders }: AlbEvent,
  { statusCode, headers, body }: { statusCode: number; headers: OutgoingHttpHeaders; body: Buffer },
): AlbResponse {
  const entries = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined || ownHeaders.has(name) ? [] : [[name, [value].flat().map(String)] as const],
  );
  const isBase64Encoded = !isUtf8(body);
  return {
    statusCode,
    statusDescription: `${statusCode} ${STATUS_CODES[statusCode] ?? ''}`.trim(),
    ...(multiValueHeaders
      ? { multiValueHeaders: Object.fromEntries(entries) }
      : { headers: Object.fromEntries(entries.map(([name, values]) => [name, values.join(', ')])) }),
    body: body.toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}
