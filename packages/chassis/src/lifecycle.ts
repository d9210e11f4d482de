/** Something that runs until it is stopped. */
export interface Running {
  /** Graceful shutdown: accepts no more work, finishes the work in flight, then resolves. */
  stop(): Promise<void>;
}

/** Deadline of a graceful shutdown, after which work in flight is cut off: just below the 25 s of the contract. */
const STOP_DEADLINE_MS = 24_000;

/** Starts a service, stops it gracefully at SIGTERM or SIGINT, and exits the process with code 0. */
export async function runUntilStopped(start: () => Promise<Running>): Promise<never> {
  // Under npm, Ctrl-C is received twice: from the terminal and forwarded by npm. The second must not kill the process.
  const stopRequested = new Promise((resolve) => {
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });
  const running = await start();
  await stopRequested;
  setTimeout(() => process.exit(0), STOP_DEADLINE_MS).unref();
  await running.stop();
  return process.exit(0);
}
