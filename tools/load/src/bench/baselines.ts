import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ResponseBytes, ItemKey } from './routes.ts';

/** Starts a bare server that returns the given response, in a separate process. */
export async function startBareServer(kind: 'node' | 'fastify', sample: ResponseBytes) {
  const child = start('bare/main.ts', kind);
  const url = await requestChild<string>(child, sample);
  return { name: kind === 'node' ? 'bare node:http' : 'bare Fastify', url, ...ending(child) };
}

/** Starts the SDK alone, in a separate process that gets an item as often as requested. */
export async function startSdk(key: ItemKey) {
  const child = start('sdk/main.ts');
  await requestChild(child, key);
  return {
    async run(count: number): Promise<void> {
      await requestChild(child, count);
    },
    ...ending(child),
  };
}

function start(script: string, ...args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, script), args);
}

/** Sends a message to the child and resolves to its reply; rejects if it exits instead. */
async function requestChild<T>(child: ChildProcess, message: object | number): Promise<T> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(
    ([code, signal]) => Promise.reject(new Error(`A baseline process exited with ${code ?? signal}.`)),
    () => new Promise<never>(() => undefined),
  );
  child.send(message);
  const [reply] = (await Promise.race([once(child, 'message'), ended])) as [T];
  gone.abort();
  return reply;
}

function ending(child: ChildProcess) {
  return {
    pid: child.pid ?? 0,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill();
      await once(child, 'exit');
    },
  };
}
