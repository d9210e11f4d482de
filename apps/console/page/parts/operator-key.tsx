import { isOperator, operatorToken } from '../session.ts';
import { Button } from './button.tsx';

/** Sign-in and sign-out of the operator. */
export function OperatorKey() {
  if (isOperator.value)
    return (
      <Button isQuiet onPress={() => void (operatorToken.value = undefined)}>
        Sign out as operator
      </Button>
    );
  return (
    <details>
      <summary>Sign in as operator</summary>
      <form onSubmit={signIn}>
        <p>
          Open the link that <code>npm start</code> prints, or paste the token that this command prints:
          <code>npm run -s token -- --scope "products:write operator"</code>
        </p>
        <label>
          Operator token <input name="token" required autocomplete="off" spellcheck={false} />
        </label>
        <Button>Sign in</Button>
      </form>
    </details>
  );
}

function signIn(event: SubmitEvent) {
  event.preventDefault();
  const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
  if (typeof token === 'string') operatorToken.value = token.trim();
}
