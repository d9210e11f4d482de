/** Something that runs until it is stopped. */
export interface Running {
  /** Takes nothing more, finishes what is in hand, then resolves. */
  stop(): Promise<void>;
}

/** Just below the contract's 25 s for a stop: what is still under way then is cut off. */
const STOP_DEADLINE_MS = 24_000;

/** Starts something, stops it at SIGTERM or SIGINT, and ends the process with exit code 0. */
export async function runUntilStopped(start: () => Promise<Running>): Promise<never> {
  // Ctrl-C comes twice under npm, which passes on what the terminal has sent already: the second must not kill.
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
