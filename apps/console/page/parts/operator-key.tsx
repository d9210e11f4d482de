import { isOperator, operatorToken } from '../session.ts';

/** Takes the operator's token, and gives it back. */
export function OperatorKey() {
  if (isOperator.value)
    return (
      <button type="button" class="quiet" onClick={() => void (operatorToken.value = undefined)}>
        Stop being the operator
      </button>
    );
  return (
    <details class="operator-key">
      <summary>Become the operator</summary>
      <form onSubmit={take}>
        <p>
          Use the link that <code>npm start</code> prints, or paste what this says:
          <code>npm run -s token -- --scope "products:write operator"</code>
        </p>
        <label>
          Operator's token <input name="token" required autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit">Take it</button>
      </form>
    </details>
  );
}

function take(event: SubmitEvent) {
  event.preventDefault();
  const token = new FormData(event.currentTarget as HTMLFormElement).get('token');
  if (typeof token === 'string') operatorToken.value = token.trim();
}
