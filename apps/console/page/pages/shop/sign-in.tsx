import { about } from '../../live.ts';
import { Button } from '../../parts/button.tsx';
import { capitalized } from '../../parts/format.ts';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { user } from '../../session.ts';
import { actions } from './cart-state.ts';
import { signIn, signOut } from './sign-in.ts';

/** Sign-in as one of the demo users, and sign-out. `onDone` is called after either. */
export function SignIn({ onDone }: { readonly onDone: () => void }) {
  const isDisabled = actions.isPending('sign-in');
  const leave = () => {
    signOut();
    onDone();
  };
  if (user.value)
    return (
      <div class="row small">
        <span>Signed in as {capitalized(user.value.name)}</span>
        <Button isQuiet isDisabled={isDisabled} onPress={leave}>
          Sign out
        </Button>
      </div>
    );
  if (!about.value) return null;
  return (
    <>
      <div class="row small">
        <span>You are a guest. Sign in as</span>
        {about.value.demoUsers.map((name) => (
          <Button
            key={name}
            isQuiet
            isDisabled={isDisabled}
            label={`Sign in as ${capitalized(name)}`}
            onPress={() => void signIn(name).then(onDone)}
          >
            {capitalized(name)}
          </Button>
        ))}
      </div>
      <ErrorNotice message={actions.errorOf('sign-in')} />
    </>
  );
}
