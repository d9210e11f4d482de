import { about } from '../../live.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { user } from '../../session.ts';
import { doings } from './basket.ts';
import { personOf } from './notices.ts';
import { signIn, signOut } from './signing-in.ts';

/** Who buys: a guest, or one of the demo users where there are some. `onDone` is called when that has changed. */
export function SignIn({ onDone }: { readonly onDone: () => void }) {
  const isOff = doings.isUnderWay('sign-in');
  const leave = () => {
    signOut();
    onDone();
  };
  if (user.value)
    return (
      <div class="row sign-in">
        <span>Signed in as {personOf(user.value.name)}</span>
        <Act isQuiet isOff={isOff} onAct={leave}>
          Sign out
        </Act>
      </div>
    );
  if (!about.value) return null;
  return (
    <>
      <div class="row sign-in">
        <span>You are a guest. Sign in as</span>
        {about.value.demoUsers.map((name) => (
          <Act
            key={name}
            isQuiet
            isOff={isOff}
            label={`Sign in as ${personOf(name)}`}
            onAct={() => void signIn(name).then(onDone)}
          >
            {personOf(name)}
          </Act>
        ))}
      </div>
      <Trouble of={doings.problemOf('sign-in')} />
    </>
  );
}
