import { type Attributes, noopTracer, parseTraceparent, type SpanOptions, type Tracer } from './trace.ts';

/** A recorded span. */
export interface RecordedSpan {
  readonly name: string;
  readonly kind: SpanOptions['kind'];
  readonly traceId: string | undefined;
  readonly spanId: string | undefined;
  readonly parentId: string | undefined;
  readonly attributes: Attributes;
}

/** For tests: creates a tracer that records its spans, in the order in which they ended. */
export function createRecordingTracer(): {
  readonly tracer: Tracer;
  readonly spans: readonly RecordedSpan[];
} {
  const spans: RecordedSpan[] = [];
  const tracer: Tracer = {
    start(name, options) {
      const { traceparent } = noopTracer.start(name, options);
      const { traceId, spanId } = parseTraceparent(traceparent) ?? {};
      const parentId = parseTraceparent(options.parent)?.spanId;
      return {
        traceparent,
        end(attributes) {
          const allAttributes = { ...options.attributes, ...attributes };
          spans.push({ name, kind: options.kind, traceId, spanId, parentId, attributes: allAttributes });
        },
      };
    },
  };
  return { tracer, spans };
}
