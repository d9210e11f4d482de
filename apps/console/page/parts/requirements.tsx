import { about } from '../live.ts';
import { isOperator } from '../session.ts';

/** Notice of what the actions of a page require: a running system, and an operator token for `what`: "Injecting faults". */
export function Requirements({ what }: { readonly what: string }) {
  if (about.value === null) return <NotConnected />;
  if (isOperator.value) return null;
  return (
    <p class="notice">
      {what} requires an operator token. Open the link that <code>npm start</code> prints, or paste a token
      under “Sign in as operator”.
    </p>
  );
}

/** Notice that no gateway serves the page. */
export function NotConnected() {
  return <p class="notice">This page is not connected to a running system, so it shows no live data.</p>;
}
