import { useRef } from 'preact/hooks';
import { createActionState } from '../actions.ts';
import { Button, ErrorNotice } from '../parts/controls.tsx';
import { useNow } from '../parts/hooks.ts';
import { isOperator, operatorToken, operatorUntil, signInAsOperator } from '../session.ts';

/** Command that prints a token of an operator. */
const COMMAND = 'npm run -s token -- --scope "products:write orders:read analytics:read operator"';

/** Actions: `sign-in`. */
const actions = createActionState();

/** Sign-in and sign-out of the operator. */
export function Operator() {
  return isOperator.value ? <SignedIn /> : <SignIn />;
}

function SignedIn() {
  const now = useNow();
  const until = operatorUntil.value;
  if (until !== undefined && until <= now) operatorToken.value = undefined;
  return (
    <div class="operator">
      <p>
        Operator
        {until !== undefined && <span class="small"> for {timeLeft(until - now)}</span>}
      </p>
      <Button isQuiet onPress={() => void (operatorToken.value = undefined)}>
        Sign out
      </Button>
    </div>
  );
}

function timeLeft(ms: number): string {
  const minutes = Math.ceil(ms / 60_000);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

function SignIn() {
  const form = useRef<HTMLFormElement>(null);
  const signIn = (event: SubmitEvent) => {
    event.preventDefault();
    const token = new FormData(form.current ?? undefined).get('token');
    if (typeof token === 'string') void actions.run('sign-in', () => checked(token.trim()));
  };
  return (
    <details class="operator">
      <summary>Sign in as operator</summary>
      <form onSubmit={signIn} ref={form}>
        <p>
          Open the link that <code>npm start</code> prints, or paste the token that this command prints. It is
          valid for an hour.
        </p>
        <p>
          <code>{COMMAND}</code>
        </p>
        <Button isQuiet onPress={() => void navigator.clipboard.writeText(COMMAND)}>
          Copy the command
        </Button>
        <label>
          Operator token <input name="token" required autocomplete="off" spellcheck={false} />
        </label>
        <Button isDisabled={actions.isPending('sign-in')}>Sign in</Button>
        <ErrorNotice message={actions.errorOf('sign-in')} />
      </form>
    </details>
  );
}

async function checked(token: string): Promise<void> {
  try {
    await signInAsOperator(token);
  } catch (error) {
    if (error instanceof Error && 'status' in error && (error.status === 401 || error.status === 403))
      throw new Error(
        'This is not a valid operator token. Run the command again, and paste the whole line it prints.',
        {
          cause: error,
        },
      );
    throw error;
  }
}
