import { z } from 'zod';

const share = z.number().min(0).max(1).default(0.01).describe('Sampled share of new traces');

/** Where traces are sent. */
export const traces = z.union([
  z
    .strictObject({ xray: z.literal(true), share })
    .describe('X-Ray, by its OTLP endpoint; the account needs Transaction Search (docs/deployment.md)'),
  z
    .strictObject({
      endpoint: z.url(),
      headersSecretName: z.string().optional().describe('Secret with the headers of requests'),
      share,
    })
    .describe('A collector that accepts OTLP over HTTP'),
]);

export type Traces = z.output<typeof traces>;

/** Endpoint of traces: its base URL, whether requests are signed, and the secret with their headers. */
export interface TraceEndpoint {
  readonly url: string;
  readonly isSigned: boolean;
  readonly headersSecretName: string | undefined;
}

/** The endpoint of a setting; undefined without one. */
export function traceEndpoint({
  traces,
  region,
}: {
  readonly traces?: Traces | undefined;
  readonly region: string;
}): TraceEndpoint | undefined {
  if (traces === undefined) return undefined;
  if ('xray' in traces)
    return { url: `https://xray.${region}.amazonaws.com`, isSigned: true, headersSecretName: undefined };
  return { url: traces.endpoint, isSigned: false, headersSecretName: traces.headersSecretName };
}
