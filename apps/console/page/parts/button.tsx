import type { ComponentChildren } from 'preact';

interface ButtonProps {
  readonly children?: ComponentChildren;
  readonly isDisabled?: boolean;
  /** Secondary style. */
  readonly isQuiet?: boolean;
  /** State of a switch. */
  readonly isPressed?: boolean;
  /** Accessible name, where the visible text alone is ambiguous. */
  readonly label?: string;
  /** Handler of a click; without one it is a submit button. */
  readonly onPress?: () => void;
}

/** Button that keeps the keyboard focus while it is disabled (`aria-disabled`). */
export function Button({
  children,
  isDisabled = false,
  isQuiet = false,
  isPressed,
  label,
  onPress,
}: ButtonProps) {
  const press = (event: Event) => {
    if (isDisabled) event.preventDefault();
    else onPress?.();
  };
  return (
    <button
      type={onPress ? 'button' : 'submit'}
      class={isQuiet ? 'quiet' : undefined}
      aria-disabled={isDisabled}
      aria-pressed={isPressed}
      aria-label={label}
      onClick={press}
    >
      {children}
    </button>
  );
}
