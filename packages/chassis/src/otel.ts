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
import { createXrayExporter } from './xray-exporter.ts';

/** Timeout of a flush or stop: an unreachable collector does not delay a graceful shutdown for longer. */
const EXPORT_TIMEOUT_MS = 2_000;

const kinds = { server: SpanKind.SERVER, consumer: SpanKind.CONSUMER, producer: SpanKind.PRODUCER };

export interface OtelOptions {
  readonly serviceName: string;
  /** Base URL of a collector that accepts OTLP over HTTP. Headers and timeout are the exporter's own variables. */
  readonly endpoint: string;
  /** Sampled share of new traces, 0 to 1. For the traces of a caller, the caller's sampling decision is kept. */
  readonly ratio: number;
  /** Whether exports are signed, as X-Ray's endpoint requires. Default: false. */
  readonly isSigned?: boolean;
  readonly log: Record<'warn' | 'error' | 'info', (fields: object, message: string) => void>;
}

/** Exports spans by OTLP in the background. Spans that the collector does not accept are dropped, with a log line. */
export function startOtel({
  serviceName,
  endpoint,
  ratio,
  isSigned = false,
  log,
}: OtelOptions): Tracer & Running & { flush(): Promise<void> } {
  const warn = (message: string, ...details: unknown[]) =>
    log.warn({ details: details.map(String) }, `spans not exported: ${message}`);
  const ignore = () => undefined;
  diag.setLogger(
    { error: warn, warn, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  const exporter = isSigned ? createXrayExporter({ url, log }) : new OTLPTraceExporter({ url });
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.namespace': 'tandem' }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('tandem');

  const withTimeout = async (pendingExport: Promise<void>) => {
    const { promise: timeout, resolve } = Promise.withResolvers<'timeout'>();
    const timer = setTimeout(resolve, EXPORT_TIMEOUT_MS, 'timeout');
    const outcome = await Promise.race([
      timeout,
      pendingExport.catch((error: unknown) => warn(String(error))),
    ]);
    clearTimeout(timer);
    if (outcome === 'timeout') warn(`timeout after ${EXPORT_TIMEOUT_MS} ms`);
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

    flush: () => withTimeout(provider.forceFlush()),
    stop: () => withTimeout(provider.shutdown()),
  };
}

function contextOf(traceparent: string | undefined): Context {
  const parent = parseTraceparent(traceparent);
  if (!parent) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
