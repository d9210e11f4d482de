import { useEffect, useRef } from 'preact/hooks';
import { guardView } from './address.ts';

const QUESTION = 'What you have typed is not saved. Leave, and lose it?';

/**
 * Asks before the reader leaves the view or closes the tab while texts of a form are not saved. Returns the function that stops
 * it, for a form that leaves by itself once it is saved.
 */
export function useUnsavedWarning(isUnsaved: boolean): () => void {
  const stop = useRef(() => undefined as void);
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const onUnload = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', onUnload);
    const stopGuarding = guardView(() => confirm(QUESTION));
    stop.current = () => {
      removeEventListener('beforeunload', onUnload);
      stopGuarding();
    };
    return stop.current;
  }, [isUnsaved]);
  return () => stop.current();
}
