import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

/** The value of a signal that changes often, as of a moment ago: renders four times a second at most. */
export function useRecent<T>(source: ReadonlySignal<T>): T {
  const [recent, setRecent] = useState(() => source.peek());
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = source.subscribe(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        setRecent(() => source.peek());
      }, 250);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [source]);
  return recent;
}
