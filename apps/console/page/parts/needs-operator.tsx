import { isOperator } from '../session.ts';

/** Says how to become the operator, to who is not. `what` is what needs it, such as "Switching faults". */
export function NeedsOperator({ what }: { what: string }) {
  if (isOperator.value) return null;
  return (
    <p class="notice">
      {what} needs the operator’s token. Open the link that <code>npm start</code> prints, or paste a token
      under “Become the operator”.
    </p>
  );
}
