/** Runs the module of a Lambda function, as a forked process: handles one event at a time, and exchanges JSON with its parent. */
const [, , url = ''] = process.argv;
const { handler } = (await import(url)) as { handler: (event: unknown) => Promise<unknown> };

process.on('message', (event) => {
  void handler(event).then(
    (response) => process.send?.({ response }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.('ready');
