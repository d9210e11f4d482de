import { SQSClient } from '@aws-sdk/client-sqs';
import type { z } from 'zod';
import { longPollTimeouts } from './aws.ts';
import type { serviceVariables } from './config.ts';
import { createAuthenticator } from './http/auth.ts';
import { runUntilStopped } from './lifecycle.ts';
import { limitsOf, type limitVariables } from './limits.ts';
import { createLogger } from './logger.ts';
import type { Service, ServiceDeps } from './service.ts';
import { startTelemetry } from './telemetry.ts';

type Variables = typeof serviceVariables & typeof limitVariables & { readonly PORT: z.ZodType<number> };

/**
 * Runs a service as its configuration says until SIGTERM or SIGINT, and then ends the process: `create` receives the
 * dependencies that every service has.
 */
export async function runService(
  name: string,
  config: Readonly<z.output<z.ZodObject<Variables>>>,
  create: (deps: ServiceDeps) => Promise<Service>,
): Promise<never> {
  const logger = createLogger({ name, level: config.LOG_LEVEL });
  const telemetry = await startTelemetry({ service: name, config, log: logger });
  const service = await create({
    sqs: new SQSClient({ requestHandler: longPollTimeouts }),
    queueUrl: config.QUEUE_URL,
    auth: createAuthenticator({
      issuer: config.AUTH_ISSUER,
      audience: config.AUTH_AUDIENCE,
      jwks: new URL(config.AUTH_JWKS_URL),
    }),
    logger,
    metrics: telemetry.metrics,
    tracer: telemetry.tracer,
    limits: limitsOf(config),
    receivePauseMs: config.RECEIVE_PAUSE_MS,
  });
  return runUntilStopped(async () => {
    const { url } = await service.start({ host: config.HOST, port: config.PORT });
    logger.info({ url }, 'started');
    return {
      async stop() {
        await service.stop();
        await telemetry.stop();
      },
    };
  });
}
