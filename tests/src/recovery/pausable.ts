/** Transport of requests that can be paused. */
export function pausable() {
  const inFlight = new Set<Promise<unknown>>();
  let resumed = Promise.resolve();
  return {
    transport: async (url: string, init: RequestInit): Promise<Response> => {
      await resumed;
      const sending = fetch(url, init).then(async (response) => {
        const body = await response.arrayBuffer();
        const { status, headers } = response;
        return new Response(body.byteLength > 0 ? body : null, { status, headers });
      });
      inFlight.add(sending);
      return sending.finally(() => inFlight.delete(sending));
    },
    withoutRequests: async <T>(work: () => Promise<T>): Promise<T> => {
      const pause = Promise.withResolvers<void>();
      resumed = pause.promise;
      try {
        await Promise.allSettled(inFlight);
        return await work();
      } finally {
        pause.resolve();
      }
    },
  };
}
