import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { startEmulator } from '@tandem/emulators/messaging';

/** What SNS says of an event that it does not take, in an answer that is a 200. */
export interface Fault {
  readonly Code: string;
  readonly SenderFault: boolean;
}

/** How one of both answers: as it should, by an error of this status and code, or by cutting the connection. */
type Answer = 'well' | 'cut' | { readonly status: number; readonly code: string };

/** SNS and SQS that fail as they are told to. */
export interface FaultyAws extends AsyncDisposable {
  readonly endpoint: string;
  /** Where nothing fails, for those who look at what has arrived. */
  readonly soundEndpoint: string;
  sns: Answer;
  sqs: Answer;
  /** What a batch says of the event with this id; undefined takes it. */
  faultOf: (eventId: string) => Fault | undefined;
}

export async function startFaultyAws(): Promise<FaultyAws> {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, directory: undefined });
  const forward = async ({ url = '/', headers }: IncomingMessage, body: string) => {
    const { host: _host, connection: _connection, 'content-length': _length, ...others } = headers;
    const answer = await fetch(new URL(url, emulator.endpoint), {
      method: 'POST',
      headers: others as Record<string, string>,
      body,
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      body: await answer.text(),
    };
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const isSqs = request.headers['x-amz-target'] !== undefined;
    const how = isSqs ? aws.sqs : aws.sns;
    if (how === 'cut') return request.socket.destroy();
    if (how !== 'well') {
      const { status, code } = how;
      response.writeHead(status, { 'content-type': isSqs ? 'application/x-amz-json-1.0' : 'text/xml' });
      return response.end(isSqs ? JSON.stringify({ __type: code }) : errorOf(code));
    }
    const { taken, failed } = isSqs ? { taken: body, failed: '' } : withoutFaults(body, aws.faultOf);
    const given = taken === '' ? EMPTY : await forward(request, taken);
    response.writeHead(given.status, { 'content-type': given.type });
    const sound = given.body.replace('<Failed></Failed>', '');
    return response.end(sound.replace('<PublishBatchResult>', `$&<Failed>${failed}</Failed>`));
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const aws: FaultyAws = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    soundEndpoint: emulator.endpoint,
    sns: 'well',
    sqs: 'well',
    faultOf: () => undefined,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await emulator.stop();
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

function errorOf(code: string): string {
  return `<ErrorResponse xmlns="${NAMESPACE}"><Error><Type>Sender</Type><Code>${code}</Code><Message>as told</Message></Error><RequestId>1</RequestId></ErrorResponse>`;
}

/** A PublishBatch without the entries that are not to be taken, empty where none is left, and what is said of those. */
function withoutFaults(body: string, faultOf: FaultyAws['faultOf']) {
  const prefix = 'PublishBatchRequestEntries.member.';
  const given = [...new URLSearchParams(body)];
  const rest = given.filter(([name]) => !name.startsWith(prefix));
  const members = Map.groupBy(
    given.filter(([name]) => name.startsWith(prefix)),
    ([name]) => name.split('.')[2],
  );
  let failed = '';
  const taken: [string, string][] = [];
  let count = 0;
  for (const fields of members.values()) {
    const valueOf = (field: string) => fields.find(([name]) => name.endsWith(`.${field}`))?.[1] ?? '';
    const fault = faultOf((JSON.parse(valueOf('Message')) as { eventId: string }).eventId);
    if (fault) {
      const { Code, SenderFault } = fault;
      failed += `<member><Id>${valueOf('Id')}</Id><Code>${Code}</Code><Message>as told</Message><SenderFault>${SenderFault}</SenderFault></member>`;
    } else {
      count += 1;
      for (const [name, value] of fields)
        taken.push([name.replace(/(?<=member\.)\d+/, String(count)), value]);
    }
  }
  if (members.size > 0 && count === 0) return { taken: '', failed };
  return { taken: new URLSearchParams([...rest, ...taken]).toString(), failed };
}
