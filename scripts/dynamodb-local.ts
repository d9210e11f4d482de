/** Runs DynamoDB Local until Ctrl-C: `npm run dynamodb-local -- [--port 8000]`. */
import { readArguments, runCommand } from '@tandem/cli/command';
import { startDynamoDbLocal } from '@tandem/emulators/dynamodb-local';

await runCommand(async () => {
  const { values } = readArguments({ options: { port: { type: 'string', default: '8000' } } });
  const server = await startDynamoDbLocal({ port: Number(values.port) });
  if ('missing' in server) {
    console.error(server.missing);
    return 1;
  }
  console.log(`DynamoDB Local: ${server.endpoint} (press Ctrl-C to stop)`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
  }
  return 0;
});
