import { useSignal } from '@preact/signals';

interface SendNeverthelessProps {
  readonly label: string;
  readonly warning: string;
  readonly onSend: () => void;
}

/** Sends what would be refused, once that was confirmed in place. */
export function SendNevertheless({ label, warning, onSend }: SendNeverthelessProps) {
  const isAsking = useSignal(false);
  if (!isAsking.value)
    return (
      <button type="button" class="quiet" onClick={() => void (isAsking.value = true)}>
        {label}
      </button>
    );
  const confirm = () => {
    isAsking.value = false;
    onSend();
  };
  return (
    <span class="row confirm" role="group" aria-label={label}>
      <span role="alert">{warning}</span>
      <button type="button" ref={(button) => button?.focus()} onClick={confirm}>
        Yes, {label.charAt(0).toLowerCase() + label.slice(1)}
      </button>
      <button type="button" class="quiet" onClick={() => void (isAsking.value = false)}>
        Leave it
      </button>
    </span>
  );
}
