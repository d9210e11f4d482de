import type { z } from 'zod';
import type { telemetryVariables } from './config.ts';
import { startEmf } from './emf.ts';
import type { Running } from './lifecycle.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Tracer } from './trace.ts';

/** Metrics and traces of a service. */
export interface Telemetry extends Running {
  readonly metrics: Metrics;
  /** Undefined if spans are not recorded. */
  readonly tracer: Tracer | undefined;
  /** Sends metrics and ended spans, for a process that is frozen between invocations (Lambda). Never rejects. */
  flush(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly config: Readonly<z.output<z.ZodObject<typeof telemetryVariables>>>;
  readonly log: Record<'warn' | 'error' | 'info', (fields: object, message: string) => void>;
}

/** Starts metrics, and spans if the configuration names a collector. `stop` sends what has not been sent yet. */
export async function startTelemetry({ service, config, log }: TelemetryOptions): Promise<Telemetry> {
  const metrics = createMetrics();
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const emf = config.EMF
    ? startEmf({ metrics, namespace: config.EMF_NAMESPACE, dimensions: { service }, write })
    : undefined;
  const otel = config.OTEL_EXPORTER_OTLP_ENDPOINT
    ? // The SDK is loaded only if spans are exported.
      (await import('./otel.ts')).startOtel({
        serviceName: service,
        endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
        ratio: config.OTEL_TRACES_SAMPLER_ARG,
        isSigned: config.OTEL_EXPORTER_OTLP_SIGNED,
        log,
      })
    : undefined;
  return {
    metrics,
    tracer: otel,
    async flush() {
      emf?.flush();
      await otel?.flush();
    },
    async stop() {
      await Promise.all([emf?.stop(), otel?.stop()]);
    },
  };
}
