import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 60_000;

/** Resolves once `/health` answers 200; rejects when that takes longer than a minute. */
export async function untilReady(url: string): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  for (;;) {
    const status = await fetch(`${url}/health`).then(
      async (answer) => {
        await answer.body?.cancel();
        return answer.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > end) throw new Error(`${url}/health answers ${status || 'nothing'}`);
    await delay(20);
  }
}
