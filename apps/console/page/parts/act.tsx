import type { ComponentChildren } from 'preact';
import './act.css';

interface ActProps {
  readonly children: ComponentChildren;
  /** Whether it cannot be done now. */
  readonly isOff?: boolean;
  readonly isQuiet?: boolean;
  /** What it says where its text alone does not. */
  readonly label?: string;
  /** Undefined in a form, which does it by its submit. */
  readonly onAct?: () => void;
}

/** A button that can wait: unlike a disabled one, it keeps the focus meanwhile. */
export function Act({ children, isOff = false, isQuiet = false, label, onAct }: ActProps) {
  const act = (event: Event) => {
    if (isOff) event.preventDefault();
    else onAct?.();
  };
  return (
    <button
      type={onAct ? 'button' : 'submit'}
      class={isQuiet ? 'act quiet' : 'act'}
      aria-disabled={isOff}
      aria-label={label}
      onClick={act}
    >
      {children}
    </button>
  );
}

/** What went wrong, in its own words; nothing where nothing did. */
export function Trouble({ of }: { readonly of: string | undefined }) {
  return of === undefined ? null : (
    <p class="notice bad" role="alert">
      {of}
    </p>
  );
}
