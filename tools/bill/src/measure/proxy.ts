import { createServer, request as send } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Exchange } from './ledger.ts';

/** The operations that say what they consumed, if asked. */
const COUNTED = new Set([
  'GetItem',
  'BatchGetItem',
  'Query',
  'Scan',
  'PutItem',
  'UpdateItem',
  'DeleteItem',
  'TransactWriteItems',
]);

/**
 * Stands before DynamoDB Local for one caller, asks for the consumed capacity with each call, and tells of the exchange
 * before the caller has its answer. The caller needs to know nothing of it, and may speak with any client.
 */
export async function startProxy(target: string, onExchange: (exchange: Exchange) => void) {
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const api = String(incoming.headers['x-amz-target']).split('.').at(-1) ?? '';
      const body = JSON.parse(await textOf(incoming)) as Record<string, unknown>;
      if (COUNTED.has(api)) body['ReturnConsumedCapacity'] = 'INDEXES';
      const text = JSON.stringify(body);
      const {
        host: _host,
        'content-length': _length,
        'accept-encoding': _encoding,
        ...headers
      } = incoming.headers;
      const forwarded = send(target, {
        method: 'POST',
        headers: { ...headers, 'content-length': Buffer.byteLength(text) },
      });
      forwarded.end(text);
      const [answer] = (await once(forwarded, 'response')) as [import('node:http').IncomingMessage];
      const status = answer.statusCode ?? 0;
      const answerText = await textOf(answer);
      if (COUNTED.has(api)) {
        onExchange({ api, request: body, status, answer: JSON.parse(answerText) as Exchange['answer'] });
      }
      outgoing.writeHead(status, answer.headers).end(answerText);
    })().catch((error: unknown) => outgoing.destroy(error as Error));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
