import { isOperator } from '../session.ts';

/** Notice that an action requires the operator token; `what` names the action, such as "Injecting faults". */
export function NeedsOperator({ what }: { what: string }) {
  if (isOperator.value) return null;
  return (
    <p class="notice">
      {what} requires an operator token. Open the link that <code>npm start</code> prints, or paste a token
      under “Sign in as operator”.
    </p>
  );
}
