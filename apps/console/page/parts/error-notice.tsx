import { capitalized } from './format.ts';

/** Error message as an alert; renders nothing without one. */
export function ErrorNotice({ message }: { readonly message: string | undefined }) {
  return message === undefined ? null : (
    <p class="notice bad" role="alert">
      {capitalized(message)}
    </p>
  );
}
