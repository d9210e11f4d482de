import { randomUUID } from 'node:crypto';
import type { AlbEvent } from './alb.ts';
import type { SqsRecord } from './consume.ts';

/** A request as a client sends it to a load balancer. Header values may repeat. */
export interface ClientRequest {
  readonly method?: string;
  /** Path and query as they are on the wire. */
  readonly target: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

/** Types of bodies that the load balancer passes on as text; it encodes all others as base64. */
const textTypes = /^(?:text\/|application\/(?:json|javascript|xml)\b)/;

/**
 * For tests: the event that an Application Load Balancer makes of a client's request, with multi-value headers or without. Query
 * parameters stay encoded. Without multi-value headers, the last of repeated ones wins.
 */
export function albEvent(
  { method = 'GET', target, headers = {}, body = '' }: ClientRequest,
  { multiValue = true, clientAddress = '198.51.100.7' } = {},
): AlbEvent {
  const [path = '', query = ''] = target.split(/\?(.*)/s);
  const entriesOf = (list: readonly (readonly [string, string])[]) => {
    const values = Map.groupBy(list, ([name]) => name);
    return [...values].map(([name, pairs]) => [name, pairs.map(([, value]) => value)] as const);
  };
  const parameters = entriesOf(
    query
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', value = ''] = pair.split(/=(.*)/s);
        return [name, value] as const;
      }),
  );
  const given = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().map((item) => [name.toLowerCase(), item] as const),
  );
  const length = Buffer.byteLength(body);
  const received = new Map(given);
  const forwarded = [received.get('x-forwarded-for'), clientAddress].filter((value) => value !== undefined);
  const fields = entriesOf([
    ...given.filter(([name]) => name !== 'x-forwarded-for'),
    ...(received.has('host') ? [] : [['host', 'shop.example'] as const]),
    ...(length > 0 ? [['content-length', String(length)] as const] : []),
    ['x-forwarded-for', forwarded.join(', ')],
    ['x-forwarded-port', '443'],
    ['x-forwarded-proto', 'https'],
  ]);
  const isBase64Encoded =
    length > 0 && (received.has('content-encoding') || !textTypes.test(received.get('content-type') ?? ''));
  const last = (entries: readonly (readonly [string, readonly string[]])[]) =>
    Object.fromEntries(entries.map(([name, values]) => [name, values.at(-1) ?? '']));
  return {
    httpMethod: method,
    path,
    ...(multiValue
      ? {
          multiValueQueryStringParameters: Object.fromEntries(parameters),
          multiValueHeaders: Object.fromEntries(fields),
        }
      : { queryStringParameters: last(parameters), headers: last(fields) }),
    body: Buffer.from(body).toString(isBase64Encoded ? 'base64' : 'utf8'),
    isBase64Encoded,
  };
}

/** For tests: a record of a queue. */
export function sqsRecord(queue: string, body: unknown, traceparent?: string): SqsRecord {
  return {
    messageId: randomUUID(),
    body: typeof body === 'string' ? body : JSON.stringify(body),
    messageAttributes: traceparent === undefined ? {} : { traceparent: { stringValue: traceparent } },
    eventSourceARN: `arn:aws:sqs:eu-central-1:123456789012:${queue}`,
  };
}
