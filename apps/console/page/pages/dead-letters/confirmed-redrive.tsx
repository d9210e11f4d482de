import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

interface ConfirmedRedriveProps {
  readonly label: string;
  readonly warning: string;
  readonly onConfirm: () => void;
}

/** Button that forces a redrive after an inline confirmation. The focus moves to the confirmation and back. */
export function ConfirmedRedrive({ label, warning, onConfirm }: ConfirmedRedriveProps) {
  const isConfirming = useSignal(false);
  const wasConfirming = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isConfirming.value || wasConfirming.current) button.current?.focus();
    wasConfirming.current = isConfirming.value;
  }, [isConfirming.value]);
  const close = (isConfirmed: boolean) => {
    isConfirming.value = false;
    if (isConfirmed) onConfirm();
  };
  if (!isConfirming.value)
    return (
      <button type="button" class="quiet" ref={button} onClick={() => void (isConfirming.value = true)}>
        {label}
      </button>
    );
  return (
    <span class="row confirm" role="group" aria-label={label}>
      <span role="alert">{warning}</span>
      <button type="button" ref={button} onClick={() => close(true)}>
        Yes, {label.charAt(0).toLowerCase() + label.slice(1)}
      </button>
      <button type="button" class="quiet" onClick={() => close(false)}>
        Cancel
      </button>
    </span>
  );
}
