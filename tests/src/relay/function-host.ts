/** Runs a function's module as Lambda does: one event after the other, all of it as JSON. The parent forks this. */
const [, , url = ''] = process.argv;
const { handler } = (await import(url)) as { handler: (event: unknown) => Promise<unknown> };

process.on('message', (event) => {
  void handler(event).then(
    (answer) => process.send?.({ answer }),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.('ready');
