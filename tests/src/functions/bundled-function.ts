import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Artifact, bundle, type BundleOptions } from '@tandem/bundle/bundle';
import { REGION } from '@tandem/emulators/messaging-config';
import { temporaryFolder } from '../support/process.ts';

/** Bundled Lambda function in a separate process, with the environment variables of Lambda only. */
export interface BundledFunction extends AsyncDisposable {
  /** Resolves to the response of a handler that the bundle exports, and rejects with its error. */
  readonly invoke: <R>(handler: string, event: object) => Promise<R>;
  /** Printed lines, as JSON values. */
  readonly printedLines: () => Record<string, unknown>[];
}

/** Bundles an artifact and starts it with SNS and SQS at an endpoint. */
export async function startBundledFunction(
  artifact: Artifact,
  endpoint: string,
  environment: Readonly<Record<string, string>>,
  options: BundleOptions = {},
): Promise<BundledFunction> {
  await using starting = new AsyncDisposableStack();
  const folder = starting.use(await temporaryFolder());
  await bundle(artifact, folder.path, options);
  const main = pathToFileURL(join(folder.path, 'main.mjs')).href;
  const child = fork(join(import.meta.dirname, 'function-host.ts'), [main], {
    cwd: folder.path,
    env: {
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'any',
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_SESSION_TOKEN: 'any',
      AWS_ENDPOINT_URL: endpoint,
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
    invoke: async <R>(handler: string, event: object) => {
      const message = nextMessage();
      child.send({ handler, event });
      const { response, error } = (await message) as { response: R; error?: string };
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
