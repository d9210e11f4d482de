import { useSignal } from '@preact/signals';
import { Button } from './controls.tsx';

/** Time for which a button says that it has copied, in milliseconds. */
const SHOWN_MS = 2_000;

interface CopyButtonProps {
  readonly children: string;
  /** Text to copy, as it is when the button is pressed. */
  readonly text: () => string;
}

/** Button that copies a text. Where the browser does not allow it, the text is shown, so that the reader can copy it. */
export function CopyButton({ children, text }: CopyButtonProps) {
  const result = useSignal<'copied' | { readonly shown: string } | undefined>(undefined);
  const copy = async () => {
    const copied = text();
    try {
      await navigator.clipboard.writeText(copied);
      result.value = 'copied';
      setTimeout(() => void (result.value = undefined), SHOWN_MS);
    } catch {
      result.value = { shown: copied };
    }
  };
  return (
    <>
      <Button isQuiet onPress={() => void copy()}>
        {children}
      </Button>
      <span class="hidden" role="status">
        {result.value === 'copied' && `${children}: done.`}
      </span>
      {result.value === 'copied' && (
        <span class="small" aria-hidden="true">
          Copied
        </span>
      )}
      {typeof result.value === 'object' && <pre tabIndex={0}>{result.value.shown}</pre>}
    </>
  );
}
