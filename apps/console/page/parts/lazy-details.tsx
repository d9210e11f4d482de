import type { ComponentChildren } from 'preact';
import { useSignal } from '@preact/signals';
import { ErrorNotice } from './error-notice.tsx';

interface LazyDetailsProps {
  readonly summary: string;
  /** Accessible name, where the summary alone is ambiguous. */
  readonly label?: string;
  readonly load: () => Promise<ComponentChildren>;
}

/** Details whose content is loaded each time they are opened. */
export function LazyDetails({ summary, label, load }: LazyDetailsProps) {
  const content = useSignal<ComponentChildren>('…');
  const problem = useSignal<string | undefined>(undefined);
  const open = () =>
    load().then(
      (loaded) => {
        content.value = loaded;
        problem.value = undefined;
      },
      (error: Error) => void (problem.value = error.message),
    );
  return (
    <details onToggle={({ currentTarget }) => void (currentTarget.open && open())}>
      <summary aria-label={label}>{summary}</summary>
      {problem.value === undefined ? content.value : <ErrorNotice message={problem.value} />}
    </details>
  );
}
