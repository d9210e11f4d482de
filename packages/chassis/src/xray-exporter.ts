import { setTimeout as delay } from 'node:timers/promises';
import { SNSClient } from '@aws-sdk/client-sns';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import { SignatureV4 } from '@smithy/signature-v4';
import { createOutageLog } from './outage-log.ts';

/** Results of an export, as the SDK numbers them. */
const SUCCESS = 0;
const ATTEMPTS = 3;
const BACKOFF_MS = 200;

export interface XrayExporterOptions {
  /** URL of the OTLP endpoint for traces. */
  readonly url: string;
  readonly log: Parameters<typeof createOutageLog>[0];
  /** Of one attempt, in milliseconds. Default: 3,000, as X-Ray is in the same region. */
  readonly timeoutMs?: number;
}

/**
 * Creates an exporter for X-Ray's OTLP endpoint, which takes JSON over HTTP, with each request signed (SigV4, service `xray`) by
 * the region and the credentials of the AWS SDK's environment. Spans that X-Ray does not accept after three attempts are
 * dropped, as are those that it rejects of an export that it accepts; an outage logs two lines.
 * Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
 */
export function createXrayExporter({ url, log, timeoutMs = 3_000 }: XrayExporterOptions): SpanExporter {
  // Only its configuration is used: the SDK reads it from the environment.
  const { region, credentials, sha256 } = new SNSClient({}).config;
  const signer = new SignatureV4({ service: 'xray', region, credentials, sha256 });
  const { protocol, host, hostname, pathname } = new URL(url);
  const outage = createOutageLog(log, {
    lost: 'spans not exported: X-Ray does not accept them; each export is tried',
    back: 'spans are exported again',
  });
  const running = new Set<Promise<void>>();

  const send = async (body: Uint8Array<ArrayBuffer>): Promise<void> => {
    const request = {
      method: 'POST',
      protocol,
      hostname,
      path: pathname,
      query: {},
      headers: { host, 'content-type': 'application/json' },
      body,
    };
    const { headers } = await signer.sign(request);
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    const text = await response.text();
    if (response.status !== 200)
      throw Object.assign(new Error(`X-Ray responded ${response.status}: ${text.slice(0, 200)}`), {
        isFinal: response.status < 500 && response.status !== 429,
      });
    const { rejectedSpans, errorMessage } = partialSuccessOf(text);
    if (rejectedSpans > 0)
      throw Object.assign(new Error(`X-Ray rejected ${rejectedSpans} spans: ${errorMessage.slice(0, 200)}`), {
        isFinal: true,
        rejectedSpans,
      });
  };

  const exportSpans = async (spans: ReadableSpan[]): Promise<void> => {
    const body = Buffer.from(JsonTraceSerializer.serializeRequest(spans) ?? []);
    for (let attempt = 1; ; attempt++) {
      try {
        await send(body);
        outage.succeeded();
        return;
      } catch (error) {
        const { isFinal, rejectedSpans } = error as { isFinal?: boolean; rejectedSpans?: number };
        if (attempt === ATTEMPTS || isFinal) {
          outage.failed(error, { spans: rejectedSpans ?? spans.length });
          return;
        }
        await delay(BACKOFF_MS * 2 ** attempt * Math.random(), undefined, { ref: false });
      }
    }
  };

  const forceFlush = async () => void (await Promise.all(running));
  return {
    export(spans, done) {
      const exporting = exportSpans(spans).finally(() => {
        running.delete(exporting);
        done({ code: SUCCESS });
      });
      running.add(exporting);
    },
    forceFlush,
    shutdown: forceFlush,
  };
}

/** What the response to an accepted export says of spans that were not. Source: https://opentelemetry.io/docs/specs/otlp/#partial-success-1 */
function partialSuccessOf(text: string): { readonly rejectedSpans: number; readonly errorMessage: string } {
  try {
    const { partialSuccess } = JSON.parse(text) as { partialSuccess?: Record<string, unknown> | null };
    const { rejectedSpans, errorMessage } = partialSuccess ?? {};
    // An int64 is a text in JSON.
    return {
      rejectedSpans: Number(rejectedSpans ?? 0),
      errorMessage: typeof errorMessage === 'string' ? errorMessage : '',
    };
  } catch {
    return { rejectedSpans: 0, errorMessage: '' };
  }
}
