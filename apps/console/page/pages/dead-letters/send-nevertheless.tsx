import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

interface SendNeverthelessProps {
  readonly label: string;
  readonly warning: string;
  readonly onSend: () => void;
}

/** Sends what would be refused, once that was confirmed in place. The focus goes to the question, and back. */
export function SendNevertheless({ label, warning, onSend }: SendNeverthelessProps) {
  const isAsking = useSignal(false);
  const hasAsked = useRef(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isAsking.value || hasAsked.current) button.current?.focus();
    hasAsked.current = isAsking.value;
  }, [isAsking.value]);
  const answer = (isYes: boolean) => {
    isAsking.value = false;
    if (isYes) onSend();
  };
  if (!isAsking.value)
    return (
      <button type="button" class="quiet" ref={button} onClick={() => void (isAsking.value = true)}>
        {label}
      </button>
    );
  return (
    <span class="row confirm" role="group" aria-label={label}>
      <span role="alert">{warning}</span>
      <button type="button" ref={button} onClick={() => answer(true)}>
        Yes, {label.charAt(0).toLowerCase() + label.slice(1)}
      </button>
      <button type="button" class="quiet" onClick={() => answer(false)}>
        Leave it
      </button>
    </span>
  );
}
