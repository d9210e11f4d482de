import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AnswerBytes, ItemKey } from './routes.ts';

/** A bare server that answers the given bytes, in a process of its own. */
export async function startBare(kind: 'node' | 'fastify', sample: AnswerBytes) {
  const child = start('bare/main.ts', kind);
  const url = await answer<string>(child, sample);
  return { name: kind === 'node' ? 'bare node:http' : 'bare Fastify', url, ...ending(child) };
}

/** The SDK alone, in a process of its own, which gets an item as often as it is told to. */
export async function startSdk(key: ItemKey) {
  const child = start('sdk/main.ts');
  await answer(child, key);
  return {
    async run(count: number): Promise<void> {
      await answer(child, count);
    },
    ...ending(child),
  };
}

function start(script: string, ...args: string[]): ChildProcess {
  return fork(join(import.meta.dirname, script), args);
}

/** Resolves to what the child answers; rejects when it ends instead. */
async function answer<T>(child: ChildProcess, message: object | number): Promise<T> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(
    ([code, signal]) => Promise.reject(new Error(`a yardstick ended with ${code ?? signal}`)),
    () => new Promise<never>(() => undefined),
  );
  child.send(message);
  const [said] = (await Promise.race([once(child, 'message'), ended])) as [T];
  gone.abort();
  return said;
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
