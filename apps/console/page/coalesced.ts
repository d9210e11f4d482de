/**
 * Makes of many calls few: `work` runs `delayMs` after the first of them, and once more when calls come while it runs.
 * So it never runs twice at a time, and always begins once after the last call. What it throws is its own concern.
 */
export function coalesced(work: () => Promise<void>, delayMs: number): () => void {
  let isWaiting = false;
  let isRunning = false;
  let isWantedAgain = false;

  const run = async () => {
    isWaiting = false;
    isRunning = true;
    await work().finally(() => {
      isRunning = false;
      const again = isWantedAgain;
      isWantedAgain = false;
      if (again) call();
    });
  };
  const call = () => {
    if (isRunning) isWantedAgain = true;
    else if (!isWaiting) {
      isWaiting = true;
      setTimeout(() => void run(), delayMs);
    }
  };
  return call;
}
