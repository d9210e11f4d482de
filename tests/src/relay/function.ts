import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { relayOf, type ServiceName } from '@tandem/contracts/topology';
import { queueUrl, REGION, topicArn } from '@tandem/emulators/messaging-config';
import type { StreamBatchResponse } from '@tandem/relay/handler';
import { bundle } from '@tandem/bundle/bundle';
import { temporaryFolder } from '../support/process.ts';

/** A bundled relay, in a process of its own that has nothing but what Lambda would set. */
export interface RelayFunction extends AsyncDisposable {
  /** Resolves to the answer; rejects with what the handler rejects with. */
  invoke(records: readonly object[]): Promise<StreamBatchResponse>;
  /** The lines that it has written, each of them JSON. */
  lines(): Record<string, unknown>[];
}

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
  const answered = async () => {
    const gone = exited.then(() => Promise.reject(new Error(`the function has ended: ${output}`)));
    return (await Promise.race([once(child, 'message'), gone]))[0] as unknown;
  };
  await answered();

  const running = starting.move();
  return {
    async invoke(records) {
      const answer = answered();
      child.send({ Records: records });
      const { answer: response, error } = (await answer) as { answer: StreamBatchResponse; error?: string };
      if (error !== undefined) throw new Error(error);
      return response;
    },
    lines: () =>
      output
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
