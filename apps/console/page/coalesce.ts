/**
 * Coalesces calls: `work` starts `delayMs` after the first call, and once more if calls arrive while it runs. It never
 * runs concurrently with itself, and always starts once after the last call. `work` has to handle its own errors.
 */
export function coalesce(work: () => Promise<void>, delayMs: number): () => void {
  let isWaiting = false;
  let isRunning = false;
  let isRerunRequested = false;

  const run = async () => {
    isWaiting = false;
    isRunning = true;
    await work().finally(() => {
      isRunning = false;
      const shouldRerun = isRerunRequested;
      isRerunRequested = false;
      if (shouldRerun) call();
    });
  };
  const call = () => {
    if (isRunning) isRerunRequested = true;
    else if (!isWaiting) {
      isWaiting = true;
      setTimeout(() => void run(), delayMs);
    }
  };
  return call;
}
