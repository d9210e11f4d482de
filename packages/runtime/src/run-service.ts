import { longPollTimeouts } from '@tandem/chassis/aws';
import { runUntilStopped } from '@tandem/chassis/lifecycle';
import type { ServiceDefinition } from './define-service.ts';
import { openService } from './open-service.ts';

/**
 * Runs a service with the configuration of the environment and its table in DynamoDB, until SIGTERM or SIGINT; then exits
 * the process. An invalid environment exits the process with code 1 and prints a line for each fault.
 */
export async function runService(
  definition: ServiceDefinition,
  env: Readonly<Record<string, string | undefined>>,
): Promise<never> {
  const options = { sqsTimeouts: longPollTimeouts };
  const { service, config, logger, telemetry } = await openService(definition, env, options);
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
