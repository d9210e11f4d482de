import type { z } from 'zod';
import type { telemetryVariables } from './config.ts';
import { startEmf } from './emf.ts';
import type { Running } from './lifecycle.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import type { Tracer } from './trace.ts';

/** Metrics and traces of a service. */
export interface Telemetry extends Running {
  readonly metrics: Metrics;
  /** Undefined where spans are not recorded. */
  readonly tracer: Tracer | undefined;
  /** Sends what there is so far, for a process that is halted between calls. Never rejects. */
  flush(): Promise<void>;
}

export interface TelemetryOptions {
  readonly service: string;
  readonly config: Readonly<z.output<z.ZodObject<typeof telemetryVariables>>>;
  readonly log: { warn(fields: object, message: string): void };
}

/** Metrics, written as the configuration has it, and spans where it names a collector. `stop` sends what is left. */
export async function startTelemetry({ service, config, log }: TelemetryOptions): Promise<Telemetry> {
  const metrics = createMetrics();
  const write = (line: string) => void process.stdout.write(`${line}\n`);
  const emf = config.EMF
    ? startEmf({ metrics, namespace: config.EMF_NAMESPACE, dimensions: { service }, write })
    : undefined;
  const otel = config.OTEL_EXPORTER_OTLP_ENDPOINT
    ? // Loaded where spans are exported, and only there.
      (await import('./otel.ts')).startOtel({
        serviceName: service,
        endpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT,
        ratio: config.OTEL_TRACES_SAMPLER_ARG,
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
