import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startMessaging } from '../support/messaging.ts';

/** Error of SNS for one entry of a batch, in a response with the status 200. */
export interface EntryError {
  readonly Code: string;
  readonly SenderFault: boolean;
}

/** Behaviour of SNS or SQS: it works, closes the connection, or responds with an error. */
type Behaviour = 'work' | 'disconnect' | { readonly status: number; readonly code: string };

/** SNS and SQS with faults. */
export interface FaultyAws extends AsyncDisposable {
  readonly endpoint: string;
  /** Endpoint without faults, to receive what was published. */
  readonly workingEndpoint: string;
  sns: Behaviour;
  sqs: Behaviour;
  /** Error of a batch's entry with this event id; undefined accepts it. */
  errorOf: (eventId: string) => EntryError | undefined;
}

/** Starts SNS and SQS behind a proxy that injects faults. */
export async function startFaultyAws(): Promise<FaultyAws> {
  const messaging = await startMessaging();
  const forward = async ({ url = '/', headers }: IncomingMessage, body: string) => {
    const { host: _host, connection: _connection, 'content-length': _length, ...otherHeaders } = headers;
    const response = await fetch(new URL(url, messaging.endpoint), {
      method: 'POST',
      headers: otherHeaders as Record<string, string>,
      body,
    });
    const type = response.headers.get('content-type') ?? '';
    return { status: response.status, type, body: await response.text() };
  };

  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const isSqs = request.headers['x-amz-target'] !== undefined;
    const behaviour = isSqs ? aws.sqs : aws.sns;
    if (behaviour === 'disconnect') return request.socket.destroy();
    if (behaviour !== 'work') {
      const { status, code } = behaviour;
      response.writeHead(status, { 'content-type': isSqs ? 'application/x-amz-json-1.0' : 'text/xml' });
      return response.end(isSqs ? JSON.stringify({ __type: code }) : errorBody(code));
    }
    const { accepted, failed } = isSqs
      ? { accepted: body, failed: '' }
      : withoutFailedEntries(body, aws.errorOf);
    const upstream = accepted === '' ? EMPTY : await forward(request, accepted);
    response.writeHead(upstream.status, { 'content-type': upstream.type });
    const withoutFailures = upstream.body.replace('<Failed></Failed>', '');
    return response.end(withoutFailures.replace('<PublishBatchResult>', `$&<Failed>${failed}</Failed>`));
  };
  const server = createServer((request, response) => void respond(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const aws: FaultyAws = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    workingEndpoint: messaging.endpoint,
    sns: 'work',
    sqs: 'work',
    errorOf: () => undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await messaging[Symbol.asyncDispose]();
    },
  };
  return aws;
}

const NAMESPACE = 'http://sns.amazonaws.com/doc/2010-03-31/';
const EMPTY = {
  status: 200,
  type: 'text/xml',
  body: `<PublishBatchResponse xmlns="${NAMESPACE}"><PublishBatchResult></PublishBatchResult></PublishBatchResponse>`,
};

function errorBody(code: string): string {
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>injected</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}

/** Splits a PublishBatch into the request with its accepted entries, empty without any, and the errors of the others. */
function withoutFailedEntries(body: string, errorOf: FaultyAws['errorOf']) {
  const prefix = 'PublishBatchRequestEntries.member.';
  const fields = [...new URLSearchParams(body)];
  const isOfEntry = ([name]: readonly [string, string]) => name.startsWith(prefix);
  const otherFields = fields.filter((field) => !isOfEntry(field));
  const entries = Map.groupBy(fields.filter(isOfEntry), ([name]) => name.split('.')[2]);
  let failed = '';
  const accepted: [string, string][] = [];
  let count = 0;
  for (const fields of entries.values()) {
    const valueOf = (field: string) => fields.find(([name]) => name.endsWith(`.${field}`))?.[1] ?? '';
    const error = errorOf((JSON.parse(valueOf('Message')) as { eventId: string }).eventId);
    if (error) {
      const { Code, SenderFault } = error;
      failed += `<member><Id>${valueOf('Id')}</Id><Code>${Code}</Code><Message>injected</Message><SenderFault>${SenderFault}</SenderFault></member>`;
    } else {
      count += 1;
      for (const [name, value] of fields)
        accepted.push([name.replace(/(?<=member\.)\d+/, String(count)), value]);
    }
  }
  if (entries.size > 0 && count === 0) return { accepted: '', failed };
  return { accepted: new URLSearchParams([...otherFields, ...accepted]).toString(), failed };
}
