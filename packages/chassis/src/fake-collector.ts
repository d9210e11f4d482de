import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as it was exported. */
export interface ExportedSpan {
  readonly service: unknown;
  readonly name: string;
  readonly kind: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string | undefined;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** For tests: a collector that accepts spans by OTLP over HTTP, in JSON, at `/v1/traces` of its endpoint. */
export async function startFakeCollector(): Promise<
  { readonly endpoint: string; readonly spans: readonly ExportedSpan[] } & AsyncDisposable
> {
  const spans: ExportedSpan[] = [];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const isExport = request.method === 'POST' && request.url === '/v1/traces';
      if (isExport) spans.push(...spansOf(JSON.parse(body) as Export));
      response.writeHead(isExport ? 200 : 404, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** The part of OTLP's JSON that tests read. */
interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

interface OtlpSpan {
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code: number };
  readonly attributes: readonly Attribute[];
}

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: number };
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const STATUS_ERROR = 2;

/** The spans of an export in OTLP's JSON. */
export function spansOf({ resourceSpans }: Export): ExportedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = valuesOf(resource.attributes)['service.name'];
    return scopeSpans
      .flatMap(({ spans }) => spans)
      .map(({ name, kind, traceId, spanId, parentSpanId, status, attributes }) => ({
        service,
        name,
        kind: kinds[kind] ?? String(kind),
        traceId,
        spanId,
        parentId: parentSpanId === '' ? undefined : parentSpanId,
        failed: status.code === STATUS_ERROR,
        attributes: valuesOf(attributes),
      }));
  });
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, value.stringValue ?? value.intValue]));
}
