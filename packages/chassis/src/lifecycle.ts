import type { Logger } from './logger.ts';
import type { Service } from './service.ts';

/** The longest that a stop may take: what is still under way then is cut off. */
const STOP_DEADLINE_MS = 25_000;

/** Runs a service until SIGTERM or SIGINT, stops it in order, and ends the process with exit code 0. */
export async function runUntilStopped(
  service: Service,
  address: { host: string; port: number },
  log: Logger,
): Promise<void> {
  const stopRequested = new Promise((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const { url } = await service.start(address);
  log.info({ url }, 'started');
  await stopRequested;
  setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
  await service.stop();
  log.info('stopped');
  process.exit(0);
}
