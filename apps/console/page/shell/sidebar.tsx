import { about, deadLetterCount, eventsPerSecond, isDisconnected, state } from '../live.ts';
import { runningServices } from '../parts/running.ts';
import { colorScheme } from '../session.ts';
import { Icon } from './icon.tsx';
import { Operator } from './operator.tsx';
import { type Page, pages } from './pages.ts';

/** Navigation, connection, colour scheme and operator: at the left, or above and below the page on a phone. */
export function Sidebar({ current }: { readonly current: Page | undefined }) {
  return (
    <header class="sidebar">
      <a class="brand" href="#/shop">
        <Logo /> Tandem
      </a>
      <nav aria-label="Pages">
        <ul class="list">
          {pages.filter(isShown).map(({ path, title, description, icon }) => (
            <li key={path}>
              <a href={`#/${path}`} aria-current={path === current?.path ? 'page' : undefined} ref={revealed}>
                <Icon name={icon} />
                <span class="title">{title}</span> <span class="description">{description}</span>
                <Badge path={path} />
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="status">
        <ConnectionStatus />
        <ColorScheme />
        <Operator />
      </div>
    </header>
  );
}

/** Whether the navigation links to a page: not to Insights where Analytics does not run. */
function isShown({ path }: Page): boolean {
  return path !== 'insights' || runningServices.value.includes('analytics');
}

/** Scrolls the link of the current page into view, on a phone where not all fit. */
function revealed(link: HTMLAnchorElement | null): void {
  if (link?.ariaCurrent === 'page' || link?.getAttribute('aria-current') === 'page')
    link.scrollIntoView({ block: 'nearest', inline: 'center' });
}

/** Number of dead letters or of faults that are on, beside the page that shows them. */
function Badge({ path }: { readonly path: string }) {
  const faults = state.value?.faults.length ?? 0;
  const counts: Readonly<Record<string, string | undefined>> = {
    'dead-letters': deadLetterCount.value > 0 ? String(deadLetterCount.value) : undefined,
    faults: faults > 0 ? `${faults} on` : undefined,
  };
  const text = counts[path];
  return text ? (
    <>
      {' '}
      <span class="badge">{text}</span>
    </>
  ) : null;
}

/** Status of the connection to the gateway. */
function ConnectionStatus() {
  if (about.value === null) return <p class="connection">Static page: no live view</p>;
  const rate = eventsPerSecond.value;
  return (
    <p class="connection" role="status">
      <span class={isDisconnected.value ? 'dot bad' : 'dot'} aria-hidden="true" />
      {isDisconnected.value ? 'Connecting …' : 'Live'}
      {!isDisconnected.value && rate > 0 && (
        <span class="small" aria-hidden="true">
          {' '}
          · {rate < 10 ? rate.toFixed(1) : Math.round(rate)} events/s
        </span>
      )}
    </p>
  );
}

const schemes = [
  [undefined, 'As on this device', 'device'],
  ['light', 'Light', 'sun'],
  ['dark', 'Dark', 'moon'],
] as const;

/** Choice of the colour scheme. */
function ColorScheme() {
  return (
    <fieldset class="schemes">
      <legend class="hidden">Colours</legend>
      {schemes.map(([scheme, label, icon]) => (
        <label key={label} title={label}>
          <input
            type="radio"
            name="scheme"
            checked={colorScheme.value === scheme}
            onChange={() => void (colorScheme.value = scheme)}
          />
          <span class="hidden">{label}</span>
          <Icon name={icon} />
        </label>
      ))}
    </fieldset>
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
