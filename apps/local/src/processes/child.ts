import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Exit code or signal of a process. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface ChildOptions {
  readonly entry: string;
  readonly role: string;
  readonly env: NodeJS.ProcessEnv;
  /** Message that each process gets before any other; default: none. */
  readonly greeting?: () => object;
  /** Called after each unexpected exit, before the restart. */
  readonly onRestart: (exit: Exit) => void;
  /** Called with each message of the process but `ready`. */
  readonly onMessage: (message: unknown) => void;
}

/** Child process of the system, which is restarted after each unexpected exit. */
export type Child = ReturnType<typeof startChild>;

const FIRST_PAUSE_MS = 50;
const LAST_PAUSE_MS = 5_000;
/** Uptime after which an exit does not count as a failed start, so that the backoff is reset. */
const SETTLED_MS = 10_000;

/** Starts a process, and restarts it after each unexpected exit: at once, and with backoff while it fails at its start. */
export function startChild({ entry, role, env, greeting, onRestart, onMessage }: ChildOptions) {
  let shouldRun = true;
  let wasReady = false;
  let pauseMs = 0;
  let current = launch();

  function launch() {
    const startedAt = performance.now();
    const child: ChildProcess = spawn(process.execPath, [entry, role], {
      env,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      // A terminal's Ctrl-C must reach the parent process only, which then stops its children.
      detached: true,
    });
    if (greeting) child.send(greeting(), () => undefined);
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
      if (!shouldRun) return;
      onRestart(exit);
      const uptimeMs = performance.now() - startedAt;
      pauseMs = uptimeMs > SETTLED_MS ? 0 : Math.min(Math.max(2 * pauseMs, FIRST_PAUSE_MS), LAST_PAUSE_MS);
      const next = Promise.withResolvers<void>();
      setTimeout(() => {
        if (!shouldRun) return next.resolve();
        current = launch();
        current.ready.then(next.resolve, next.reject);
      }, pauseMs);
      current = { child, ready: next.promise, ended };
    });
    return { child, ready: ready.promise, ended };
  }

  /** Sends the signal; the process is restarted, as after any unexpected exit. */
  async function kill(signal: NodeJS.Signals): Promise<Exit> {
    const { child, ended } = current;
    child.kill(signal);
    return ended;
  }
  return {
    kill,
    /** Process id of the current process, or of the last one. */
    pid: () => current.child.pid ?? 0,
    /** Resolves once it is ready, also during a restart. Rejects when it exited before it was ever ready. */
    ready: async () => current.ready,
    /** Sends it a message, which is lost if the process is exiting. */
    send(message: string | object): void {
      if (current.child.connected) current.child.send(message, () => undefined);
    },
    /** Stops it without a restart. Resolves to its exit. */
    async stop(): Promise<Exit> {
      shouldRun = false;
      return kill('SIGTERM');
    },
    /** Starts a new process after `stop`. */
    async start(): Promise<void> {
      shouldRun = true;
      current = launch();
      await current.ready;
    },
  };
}
