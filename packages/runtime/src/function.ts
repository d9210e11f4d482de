import { callTimeouts } from '@tandem/chassis/aws';
import type { Service } from '@tandem/chassis/service';
import type { ServiceDefinition } from './define-service.ts';
import { createConsume } from './function/consume.ts';
import type { FunctionDeps } from './function/invocation.ts';
import { createServe } from './function/serve.ts';
import { openService } from './open-service.ts';

/** Lambda handlers of a service: each is an entry point of the same bundle. */
export interface ServiceFunction {
  /** Handles the batches of the service's queues. */
  readonly consume: ReturnType<typeof createConsume>;
  /** Handles requests that a load balancer passes on. */
  readonly serve: ReturnType<typeof createServe>;
}

/** Creates the Lambda handlers of a service, which is never started. Its workers do not run. */
export function functionOf(service: Pick<Service, 'app' | 'consumers'>, deps: FunctionDeps): ServiceFunction {
  return { consume: createConsume(service, deps), serve: createServe(service.app, deps) };
}

/**
 * Creates the Lambda handlers of a service with the configuration of the environment, which has the variables of a task, and
 * its table in DynamoDB. An invalid environment exits the process with code 1 and prints a line for each fault.
 */
export async function createFunction(
  definition: ServiceDefinition,
  env: Readonly<Record<string, string | undefined>>,
): Promise<ServiceFunction> {
  const { service, logger, telemetry, auth } = await openService(definition, env, {
    sqsTimeouts: callTimeouts,
  });
  const flush = async () => void (await Promise.all([telemetry.flush(), auth.settled()]));
  return functionOf(service, { flush, logger });
}
