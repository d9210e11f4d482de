import {
  type Context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { Running } from './lifecycle.ts';
import { formatTraceparent, parseTraceparent, type Tracer } from './trace.ts';

/** How long a flush or the last spans may take to be exported: a collector that is gone does not hold up a stop. */
const EXPORT_MS = 2_000;

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER };

export interface OtelOptions {
  readonly serviceName: string;
  /** The base URL of a collector that takes OTLP over HTTP. Headers and timeout are the exporter's own variables. */
  readonly endpoint: string;
  /** The share of new traces that are recorded, 0 to 1. Of the others, those that their caller records. */
  readonly ratio: number;
  readonly log: { warn(fields: object, message: string): void };
}

/** Exports spans by OTLP, in the background. What the collector does not take is dropped and warned of. */
export function startOtel({
  serviceName,
  endpoint,
  ratio,
  log,
}: OtelOptions): Tracer & Running & { flush(): Promise<void> } {
  const warn = (message: string, ...details: unknown[]) =>
    log.warn({ details: details.map(String) }, `spans not exported: ${message}`);
  const silent = () => undefined;
  diag.setLogger(
    { error: warn, warn, info: silent, debug: silent, verbose: silent },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/$/, '')}/v1/traces` });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.namespace': 'tandem' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('tandem');

  const exported = async (exporting: Promise<void>) => {
    const { promise: timedOut, resolve } = Promise.withResolvers<'timed out'>();
    const timer = setTimeout(resolve, EXPORT_MS, 'timed out');
    const outcome = await Promise.race([timedOut, exporting.catch((error: unknown) => warn(String(error)))]);
    clearTimeout(timer);
    if (outcome === 'timed out') warn(`the last ones, within ${EXPORT_MS} ms`);
  };

  return {
    start(name, { kind, parent, attributes }) {
      const span = tracer.startSpan(
        name,
        { kind: kinds[kind], attributes: { ...attributes } },
        contextOf(parent),
      );
      const { traceId, spanId, traceFlags } = span.spanContext();
      return {
        traceparent: formatTraceparent({ traceId, spanId, sampled: (traceFlags & TraceFlags.SAMPLED) !== 0 }),
        end(attributes = {}) {
          span.setAttributes({ ...attributes });
          if (attributes['error.type'] !== undefined) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        },
      };
    },

    flush: () => exported(provider.forceFlush()),
    stop: () => exported(provider.shutdown()),
  };
}

function contextOf(traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
