import { effect } from '@preact/signals';
import { render } from 'preact';
import { connectToGateway, deadLetterCount } from './live.ts';
import { address, hash } from './parts/address.ts';
import { refreshOnEvents } from './refresh.ts';
import { readOperatorTokenFromUrl } from './session.ts';
import { Condition } from './shell/condition.tsx';
import { type Page, pages } from './shell/pages.ts';
import { PageView } from './shell/page-view.tsx';
import { Sidebar } from './shell/sidebar.tsx';
import './styles/theme.css';
import './styles/base.css';
import './styles/shell.css';

hash.subscribe(readOperatorTokenFromUrl);
refreshOnEvents();
void connectToGateway();

/** Page that the address names: the first one without a name, undefined for an unknown name. */
function currentPage(): Page | undefined {
  const { page } = address.value;
  return page === '' ? pages[0] : pages.find(({ path }) => path === page);
}

effect(() => {
  const title = `${currentPage()?.title ?? 'Not found'} · Tandem`;
  document.title = deadLetterCount.value > 0 ? `(${deadLetterCount.value}) ${title}` : title;
});

/** The console: navigation (at the bottom on phones), and the page that the address names. */
function Console() {
  const current = currentPage();
  return (
    <>
      <a class="skip" href="#main" onClick={skipToMain}>
        Skip to main content
      </a>
      <Sidebar current={current} />
      <div class="content">
        <Condition />
        <main id="main" tabIndex={-1} key={current?.path} class={`page ${current?.path ?? ''}`}>
          {current ? <PageView page={current} /> : <UnknownPage />}
        </main>
      </div>
    </>
  );
}

function UnknownPage() {
  return (
    <>
      <h1>Page not found</h1>
      <p>
        There is no page “{address.value.page}”. <a href={`#/${pages[0].path}`}>Go to the shop</a>
      </p>
    </>
  );
}

function skipToMain(event: Event) {
  event.preventDefault();
  document.querySelector<HTMLElement>('#main')?.focus();
}

const root = document.querySelector('#console');
if (root) render(<Console />, root);
