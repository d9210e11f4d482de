import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { sampleResidentMemory } from '../support/resident-memory.ts';

/**
 * Memory and speed of `npm run recover -- raise carts` by themselves, without those of a table: the endpoint is one that invents
 * the carts that are scanned, 2 KB each, and accepts every write. `node tests/src/recovery/measure.ts --carts 200000`.
 */

const { values } = parseArgs({ options: { carts: { type: 'string', default: '200000' } } });
const carts = Number(values.carts);
const HEAP_MB = 64;

interface ScanCall {
  readonly Segment: number;
  readonly TotalSegments: number;
  readonly Limit: number;
  readonly ExclusiveStartKey?: { readonly pk: { readonly S: string } };
}

const text = 'x'.repeat(1_900);
let updates = 0;

const operations: Readonly<Record<string, (call: ScanCall) => object>> = {
  DescribeTable: () => ({ Table: { TableName: 'carts', TableId: `measured at ${Date.now()}` } }),
  Scan({ Segment, TotalSegments, Limit, ExclusiveStartKey }) {
    const size = Math.ceil(carts / TotalSegments);
    const start = Number(ExclusiveStartKey?.pk.S.split('-')[1] ?? 0);
    const end = Math.min(size, start + Limit);
    const Items = Array.from({ length: end - start }, (_, i) => {
      const state = { M: { status: { S: 'open' }, version: { N: '3' }, name: { S: text } } };
      return { pk: { S: `cart#${Segment}-${start + i + 1}` }, version: { N: '3' }, state };
    });
    return { Items, ...(end < size && { LastEvaluatedKey: { pk: { S: `cart#${Segment}-${end}` } } }) };
  },
  UpdateItem() {
    updates += 1;
    return {};
  },
};

const server = createServer((request, response) => {
  void (async () => {
    const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
    const result = operations[operation]?.((await json(request)) as ScanCall) ?? {};
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(result));
  })().catch(() => response.destroy());
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

const script = fileURLToPath(import.meta.resolve('@tandem/recover/main'));
const args = [`--max-old-space-size=${HEAP_MB}`, script, 'raise', 'carts', '--aws', '--rate', '10000'];
const start = performance.now();
const child = spawn(process.execPath, args, {
  env: {
    PATH: process.env['PATH'],
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'any',
    AWS_SECRET_ACCESS_KEY: 'any',
  },
  stdio: 'inherit',
});
const sampling = sampleResidentMemory(child.pid);
const [code] = (await once(child, 'exit')) as [number | null];
const samples = sampling.stop();
server.close();
const seconds = (performance.now() - start) / 1000;
const peakOf = (part: readonly number[]) => Math.round(Math.max(0, ...part));
const half = Math.floor(samples.length / 2);
process.stdout.write(
  `exit code ${code}, ${updates} carts in ${seconds.toFixed(0)} s, ${((seconds / updates) * 10_000).toFixed(1)} s per 10,000; ` +
    `peak memory ${peakOf(samples.slice(0, half))} MB in the first half, ${peakOf(samples.slice(half))} MB in the second\n`,
);
process.exitCode = code === 0 && updates === carts ? 0 : 1;
