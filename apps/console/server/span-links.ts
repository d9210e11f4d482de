import { noopTracer, parseTraceparent, type Tracer } from '@tandem/chassis/trace';

/** Parent spans of this process's latest spans, from which the cause of a published event is found. */
export interface SpanLinks {
  /** A tracer that also remembers the parent of each span. Default: one that records nothing else. */
  observe(tracer: Tracer | undefined): Tracer;
  /** Parent of the span in which a relay publishes an event; undefined for a span that no relay started. */
  parentOf(spanId: string): string | undefined;
  /** Latest span in which a consumer processes the message with this span; undefined before it starts. */
  processingOf(queue: string, spanId: string): string | undefined;
}

/** Maximum of remembered spans of each kind; the oldest are evicted. */
const MAX_SPANS = 10_000;

export function createSpanLinks(): SpanLinks {
  const parents = new Map<string, string>();
  const processing = new Map<string, string>();
  const remember = (spans: Map<string, string>, key: string, value: string) => {
    spans.set(key, value);
    const [oldest] = spans.keys();
    if (spans.size > MAX_SPANS && oldest !== undefined) spans.delete(oldest);
  };
  return {
    observe: (tracer = noopTracer) => ({
      start(name, options) {
        const span = tracer.start(name, options);
        const parent = parseTraceparent(options.parent)?.spanId;
        const own = parseTraceparent(span.traceparent)?.spanId;
        if (parent === undefined || own === undefined) return span;
        if (options.kind === 'producer') remember(parents, own, parent);
        if (options.kind === 'consumer')
          remember(processing, `${String(options.attributes['messaging.destination.name'])} ${parent}`, own);
        return span;
      },
    }),
    parentOf: (spanId) => parents.get(spanId),
    processingOf: (queue, spanId) => processing.get(`${queue} ${spanId}`),
  };
}
