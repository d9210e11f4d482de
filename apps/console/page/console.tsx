import { signal } from '@preact/signals';
import { Suspense } from 'preact/compat';
import { about, connectToGateway, isDisconnected, state } from './live.ts';
import { OperatorKey } from './parts/operator-key.tsx';
import { pages } from './pages/pages.ts';
import { readOperatorTokenFromUrl } from './session.ts';

readOperatorTokenFromUrl();
const path = signal(location.hash.slice(2));
addEventListener('hashchange', () => {
  readOperatorTokenFromUrl();
  path.value = location.hash.slice(2);
});
void connectToGateway();

/** Console shell: navigation (at the bottom on phones), and the page that the URL hash names. */
export function Console() {
  const current = pages.find((page) => page.path === path.value.split('/')[0]) ?? pages[0];
  const { Page } = current;
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to main content
      </a>
      <header class="sidebar">
        <a class="brand" href="#/shop">
          <Logo /> Tandem
        </a>
        <nav aria-label="Pages">
          <ul class="list">
            {pages.map(({ path, title, description }) => (
              <li key={path}>
                <a href={`#/${path}`} aria-current={path === current.path ? 'page' : undefined}>
                  <span>{title}</span>
                  <span class="description">{description}</span>
                  {path === 'dead-letters' && <DeadLetterCount />}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <ConnectionStatus />
        <OperatorKey />
      </header>
      <main id="main" tabIndex={-1} key={current.path} class={`page ${current.path}`}>
        <Suspense fallback={<p class="quiet">Loading …</p>}>
          <Page />
        </Suspense>
      </main>
    </>
  );
}

function skipToMain(event: Event) {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

function DeadLetterCount() {
  const count = Object.values(state.value?.deadLetters ?? {}).reduce((sum, depth) => sum + depth, 0);
  return count > 0 ? <span class="badge">{count}</span> : null;
}

/** Status of the connection to the gateway. */
function ConnectionStatus() {
  if (about.value === null) return <p class="connection">Static page: no live view</p>;
  return (
    <p class="connection" role="status">
      <span class={isDisconnected.value ? 'dot bad' : 'dot'} aria-hidden="true" />
      {isDisconnected.value ? 'Connecting …' : 'Live'}
    </p>
  );
}

function Logo() {
  return (
    <svg viewBox="0 0 32 26" width="32" height="26" aria-hidden="true" fill="none" stroke-width="3">
      <circle cx="10" cy="15" r="8" stroke="var(--teal)" />
      <circle cx="22" cy="15" r="8" stroke="var(--rust)" />
    </svg>
  );
}
