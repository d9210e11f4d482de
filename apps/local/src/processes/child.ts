import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly entry: string;
  readonly role: string;
  readonly env: NodeJS.ProcessEnv;
  /** Called each time that it ended without having been asked. */
  readonly onRestart: (exit: Exit) => void;
  /** Called with what it sends, once it is ready. */
  readonly onMessage: (message: unknown) => void;
}

/** One process of the system, kept running. */
export interface Child {
  /** Of the process that runs now, or ran last. */
  pid(): number;
  /** Resolves once it is ready, also after a restart that is under way. Rejects when it ended before it ever was. */
  ready(): Promise<void>;
  /** Sends the signal; it is started again once it has ended, as after any end that nobody asked for. */
  kill(signal: NodeJS.Signals): Promise<Exit>;
  /** Sends it a message; what it cannot take any more is lost. */
  send(message: string | object): void;
  /** Stops it, and keeps it down. Resolves to how it ended. */
  stop(): Promise<Exit>;
  /** Starts it again after `stop`. */
  start(): Promise<void>;
}

const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 5_000;
/** A process that ran so long has not failed at its start. */
const SETTLED_MS = 10_000;

/** Starts a process, and starts it again whenever it ends: at once, and later each time if it fails at once. */
export function startChild({ entry, role, env, onRestart, onMessage }: ChildOptions): Child {
  let isWanted = true;
  let wasReady = false;
  let pauseMs = 0;
  let current = launch();

  function launch() {
    const startedAt = performance.now();
    const child: ChildProcess = spawn(process.execPath, [entry, role], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A terminal's Ctrl-C is for the one that started it, which stops it in its turn.
      detached: true,
    });
    const ready = Promise.withResolvers<void>();
    ready.promise.catch(() => undefined);
    child.on('message', (message) => {
      if (message !== 'ready') return onMessage(message);
      wasReady = true;
      ready.resolve();
    });
    const ended = once(child, 'exit').then(([code, signal]): Exit => ({ code, signal }));
    void ended.then((exit) => {
      if (!wasReady) return ready.reject(new Error(`${role} ended with ${exit.code ?? exit.signal}`));
      if (!isWanted) return;
      onRestart(exit);
      const livedMs = performance.now() - startedAt;
      pauseMs = livedMs > SETTLED_MS ? 0 : Math.min(Math.max(2 * pauseMs, FIRST_PAUSE_MS), LAST_PAUSE_MS);
      const next = Promise.withResolvers<void>();
      setTimeout(() => {
        if (!isWanted) return next.resolve();
        current = launch();
        current.ready.then(next.resolve, next.reject);
      }, pauseMs);
      current = { child, ready: next.promise, ended };
    });
    return { child, ready: ready.promise, ended };
  }

  const kill = async (signal: NodeJS.Signals) => {
    const { child, ended } = current;
    child.kill(signal);
    return ended;
  };
  return {
    pid: () => current.child.pid ?? 0,
    ready: async () => current.ready,
    kill,
    send: (message) => void (current.child.connected && current.child.send(message, () => undefined)),
    async stop() {
      isWanted = false;
      return kill('SIGTERM');
    },
    async start() {
      isWanted = true;
      current = launch();
      await current.ready;
    },
  };
}
