import { useId } from 'preact/hooks';
import { capitalized } from '../../../parts/format.ts';

/** Attributes of an input that a field may set. */
export interface InputAttributes {
  readonly inputMode?: 'decimal' | 'numeric';
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly spellcheck?: boolean;
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
  /** Message about the value, such as `must be at least 1`. */
  readonly error?: string | undefined;
  readonly hint?: string;
  /** Suggested values. */
  readonly suggestions?: readonly string[];
  readonly isMultiline?: boolean;
  /** Whether the field has a row of its own. */
  readonly isWide?: boolean;
  /** Further attributes of the input. */
  readonly input?: InputAttributes;
}

/** Labelled input with its hint, and with its error next to it. */
export function Field(props: FieldProps) {
  const {
    name,
    label,
    value,
    onInput,
    error,
    hint,
    suggestions = [],
    isMultiline = false,
    isWide = isMultiline,
    input = {},
  } = props;
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const attributes = {
    name,
    value,
    autocomplete: 'off',
    'aria-invalid': error !== undefined,
    'aria-describedby': described || undefined,
    onInput: ({ currentTarget }: { currentTarget: HTMLInputElement | HTMLTextAreaElement }) =>
      onInput(currentTarget.value),
  } as const;
  return (
    <div class={`field ${isWide ? 'wide' : ''}`}>
      <label>
        {label}
        {isMultiline ? (
          <textarea rows={3} {...attributes} maxLength={4_000} />
        ) : (
          <input
            type="text"
            {...attributes}
            {...(suggestions.length > 0 && { list: `${id}-list` })}
            {...input}
          />
        )}
      </label>
      {suggestions.length > 0 && (
        <datalist id={`${id}-list`}>
          {suggestions.map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
      )}
      {hint && (
        <p id={`${id}-hint`} class="hint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} class="bad-ink hint">
          {capitalized(`${error}.`)}
        </p>
      )}
    </div>
  );
}
