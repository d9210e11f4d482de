import { isOperator, operatorToken } from '../session.ts';

/** Sign-in and sign-out of the operator. */
export function OperatorKey() {
  if (isOperator.value)
    return (
      <button type="button" class="quiet" onClick={() => void (operatorToken.value = undefined)}>
        Sign out as operator
      </button>
    );
  return (
    <details class="operator-key">
      <summary>Sign in as operator</summary>
      <form onSubmit={signIn}>
        <p>
          Open the link that <code>npm start</code> prints, or paste the token that this command prints:
          <code>npm run -s token -- --scope "products:write operator"</code>
        </p>
        <label>
          Operator token <input name="token" required autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit">Sign in</button>
      </form>
    </details>
  );
}

function signIn(event: SubmitEvent) {
  event.preventDefault();
  const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
  if (typeof token === 'string') operatorToken.value = token.trim();
}
