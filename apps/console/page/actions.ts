import { signal } from '@preact/signals';
import { isOutage } from './query.ts';
import { noteOutage, onRecovery } from './recovery.ts';

/** Pending flag and last error of each named action of a page. */
export interface ActionState {
  /** Runs an action unless it is pending; what it throws becomes its error. Resolves to whether it succeeded; never rejects. */
  readonly run: (name: string, action: () => Promise<void>) => Promise<boolean>;
  readonly isPending: (name: string) => boolean;
  /** First error message of the named actions. */
  readonly errorOf: (...names: readonly string[]) => string | undefined;
  /** First error of the named actions, for its code or the fields that it names. */
  readonly causeOf: (...names: readonly string[]) => unknown;
  /** Clears the errors of all actions whose names match. */
  readonly clearErrors: (matches: (name: string) => boolean) => void;
}

/**
 * Creates the action state of a page, as signals: buttons and error notices follow it. The error of an action that failed
 * because a service was down is cleared once the system has recovered: it may be tried again.
 */
export function createActionState(): ActionState {
  const pending = signal<ReadonlySet<string>>(new Set());
  const errors = signal<ReadonlyMap<string, unknown>>(new Map());

  const without = (isCleared: (name: string, error: unknown) => boolean) =>
    new Map([...errors.value].filter(([name, error]) => !isCleared(name, error)));
  const causeOf = (...names: readonly string[]) =>
    names.map((name) => errors.value.get(name)).find((error) => error !== undefined);
  onRecovery(() => void (errors.value = without((_name, error) => isOutage(error))));
  return {
    async run(name, action) {
      if (pending.value.has(name)) return false;
      pending.value = new Set([...pending.value, name]);
      const isThis = (key: string) => key === name;
      try {
        await action();
        errors.value = without(isThis);
        return true;
      } catch (error) {
        if (isOutage(error)) noteOutage();
        errors.value = without(isThis).set(name, error ?? new Error('Unknown error.'));
        return false;
      } finally {
        pending.value = new Set([...pending.value].filter((key) => key !== name));
      }
    },
    isPending: (name) => pending.value.has(name),
    errorOf(...names) {
      const error = causeOf(...names);
      return error instanceof Error ? error.message : (error as string | undefined);
    },
    causeOf,
    clearErrors: (matches) => void (errors.value = without(matches)),
  };
}

/**
 * Coalesces calls: `work` starts `delayMs` after the first call, and once more if calls arrive while it runs. It never
 * runs concurrently with itself, and always starts once after the last call. `work` has to handle its own errors.
 */
export function coalesce(work: () => Promise<unknown>, delayMs: number): () => void {
  let isWaiting = false;
  let isRunning = false;
  let isRerunRequested = false;

  const run = async () => {
    isWaiting = false;
    isRunning = true;
    await work().finally(() => {
      isRunning = false;
      const shouldRerun = isRerunRequested;
      isRerunRequested = false;
      if (shouldRerun) call();
    });
  };
  const call = () => {
    if (isRunning) isRerunRequested = true;
    else if (!isWaiting) {
      isWaiting = true;
      setTimeout(() => void run(), delayMs);
    }
  };
  return call;
}
