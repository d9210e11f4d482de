/** Runs the module of a Lambda function, as a forked process: handles one event at a time, and exchanges JSON with its parent. */
type Handler = (event: unknown, context: object) => Promise<unknown>;

const TIMEOUT_MS = 60_000;

const [, , url = ''] = process.argv;
const handlers = (await import(url)) as Record<string, Handler>;

process.on('message', ({ handler, event }: { handler: string; event: unknown }) => {
  const end = performance.now() + TIMEOUT_MS;
  const context = { getRemainingTimeInMillis: () => end - performance.now() };
  void handlers[handler]?.(event, context).then(
    (response) => process.send?.({ response }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.('ready');
