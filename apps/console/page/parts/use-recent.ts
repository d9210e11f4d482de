import type { ReadonlySignal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';

/** Throttled value of a signal: rerenders at most four times a second. */
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
