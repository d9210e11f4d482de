import { signal } from '@preact/signals';

/** Pending flag and last error of each named action of a page. */
export interface ActionState {
  /** Runs an action unless it is pending; the message of what it throws becomes its error. Never rejects. */
  readonly run: (name: string, action: () => Promise<void>) => Promise<void>;
  readonly isPending: (name: string) => boolean;
  readonly errorOf: (name: string) => string | undefined;
  /** Clears the errors of all actions whose names match. */
  readonly clearErrors: (matches: (name: string) => boolean) => void;
}

/** Creates the action state of a page, as signals: buttons and error notices follow it. */
export function createActionState(): ActionState {
  const pending = signal<ReadonlySet<string>>(new Set());
  const errors = signal<ReadonlyMap<string, string>>(new Map());

  const without = (name: string) => new Map([...errors.value].filter(([key]) => key !== name));
  return {
    async run(name, action) {
      if (pending.value.has(name)) return;
      pending.value = new Set([...pending.value, name]);
      try {
        await action();
        errors.value = without(name);
      } catch (error) {
        errors.value = without(name).set(name, error instanceof Error ? error.message : String(error));
      } finally {
        pending.value = new Set([...pending.value].filter((key) => key !== name));
      }
    },
    isPending: (name) => pending.value.has(name),
    errorOf: (name) => errors.value.get(name),
    clearErrors(matches) {
      errors.value = new Map([...errors.value].filter(([name]) => !matches(name)));
    },
  };
}
