import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import type { StreamBatchResponse } from '@tandem/relay/handler';
import { bundle } from '@tandem/bundle/bundle';
import { temporaryFolder } from '../support/process.ts';

/** Bundled relay in a separate process, with the environment variables of Lambda only. */
export interface RelayFunction extends AsyncDisposable {
  /** Resolves to the response of the handler, and rejects with its error. */
  invoke(records: readonly object[]): Promise<StreamBatchResponse>;
  /** Printed lines, as JSON values. */
  printedLines(): Record<string, unknown>[];
}

/** Bundles and starts the relay of a service. */
export async function startFunction(
  service: ServiceName,
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<RelayFunction> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  await bundle(`${service}-relay`, folder.path);
  const { topic, parkingQueue } = relayOf(service);
  const main = pathToFileURL(join(folder.path, 'main.mjs')).href;
  const child = fork(join(import.meta.dirname, 'function-host.ts'), [main], {
    cwd: folder.path,
    env: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_SESSION_TOKEN: 'any',
      AWS_ENDPOINT_URL: endpoint,
      TOPIC_ARN: topicArn(topic),
      PARKING_QUEUE_URL: queueUrl(endpoint, parkingQueue),
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  starting.defer(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  let output = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (output += text));
  const nextMessage = async () => {
    const failure = exited.then(() => Promise.reject(new Error(`the function has ended: ${output}`)));
    return (await Promise.race([once(child, 'message'), failure]))[0] as unknown;
  };
  await nextMessage();

  const running = starting.move();
  return {
    async invoke(records) {
      const message = nextMessage();
      child.send({ Records: records });
      const { response, error } = (await message) as { response: StreamBatchResponse; error?: string };
      if (error !== undefined) throw new Error(error);
      return response;
    },
    printedLines: () =>
      output
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
