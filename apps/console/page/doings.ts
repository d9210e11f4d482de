import { signal } from '@preact/signals';

/** What is under way and what went wrong, each by a name that the place knows where it is shown. */
export interface Doings {
  /** Does it unless it is under way already; what it throws becomes the problem of that name. */
  readonly run: (name: string, work: () => Promise<void>) => Promise<void>;
  readonly isUnderWay: (name: string) => boolean;
  readonly problemOf: (name: string) => string | undefined;
  /** Forgets the problems whose names `isOver` accepts. */
  readonly forget: (isOver: (name: string) => boolean) => void;
}

/** Keeps account of what a room does, so that a button knows when to wait and a place what to say. */
export function createDoings(): Doings {
  const underWay = signal<ReadonlySet<string>>(new Set());
  const problems = signal<ReadonlyMap<string, string>>(new Map());

  const without = (name: string) => new Map([...problems.value].filter(([of]) => of !== name));
  return {
    async run(name, work) {
      if (underWay.value.has(name)) return;
      underWay.value = new Set([...underWay.value, name]);
      try {
        await work();
        problems.value = without(name);
      } catch (error) {
        problems.value = without(name).set(name, error instanceof Error ? error.message : String(error));
      } finally {
        underWay.value = new Set([...underWay.value].filter((of) => of !== name));
      }
    },
    isUnderWay: (name) => underWay.value.has(name),
    problemOf: (name) => problems.value.get(name),
    forget(isOver) {
      problems.value = new Map([...problems.value].filter(([name]) => !isOver(name)));
    },
  };
}
