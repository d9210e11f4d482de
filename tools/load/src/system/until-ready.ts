import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** Resolves once `/health` returns 200; rejects after a minute. */
export async function untilReady(url: string): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  for (;;) {
    const status = await fetch(`${url}/health`).then(
      async (response) => {
        await response.body?.cancel();
        return response.status;
      },
      () => 0,
    );
    if (status === 200) return;
    if (performance.now() > end)
      throw new Error(`${url}/health ${status ? `returns ${status}` : 'does not respond'}`);
    await delay(20);
  }
}
