import { signal } from '@preact/signals';
import { Suspense } from 'preact/compat';
import { about, isCut, listen, state } from './live.ts';
import { OperatorKey } from './parts/operator-key.tsx';
import { rooms } from './pages/rooms.ts';
import { takeOperatorToken } from './session.ts';

takeOperatorToken();
const path = signal(location.hash.slice(2));
addEventListener('hashchange', () => {
  takeOperatorToken();
  path.value = location.hash.slice(2);
});
void listen();

/** The house: its rooms at the side, or at the bottom of a phone, and the one that the address names. */
export function Console() {
  const here = rooms.find((room) => room.path === path.value.split('/')[0]) ?? rooms[0];
  const { Room } = here;
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to the room
      </a>
      <header class="house">
        <a class="name" href="#/shop">
          <Wheels /> Tandem
        </a>
        <nav aria-label="Rooms">
          <ul>
            {rooms.map(({ path, title, says }) => (
              <li key={path}>
                <a href={`#/${path}`} aria-current={path === here.path ? 'page' : undefined}>
                  <span class="title">{title}</span>
                  <span class="says">{says}</span>
                  {path === 'dead-letters' && <DeadCount />}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <Pulse />
        <OperatorKey />
      </header>
      <main id="main" tabIndex={-1} key={here.path} class={`room ${here.path}`}>
        <Suspense fallback={<p class="quiet">One moment …</p>}>
          <Room />
        </Suspense>
      </main>
    </>
  );
}

function skipToMain(event: Event) {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function DeadCount() {
  const count = Object.values(state.value?.deadLetters ?? {}).reduce((sum, depth) => sum + depth, 0);
  return count > 0 ? <span class="badge bad">{count}</span> : null;
}

/** Whether the page hears the system. */
function Pulse() {
  if (about.value === null) return <p class="pulse">Static page: no live view</p>;
  return (
    <p class="pulse" role="status">
      <span class={isCut.value ? 'dot bad' : 'dot good'} aria-hidden="true" />
      {isCut.value ? 'Connecting …' : 'Live'}
    </p>
  );
}

function Wheels() {
  return (
    <svg viewBox="0 0 32 26" width="32" height="26" aria-hidden="true" fill="none" stroke-width="3">
      <circle cx="10" cy="15" r="8" stroke="var(--product)" />
      <circle cx="22" cy="15" r="8" stroke="var(--cart)" />
    </svg>
  );
}
