import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { signal } from '@preact/signals';
import { address, goTo, hash, linkTo, selected } from '../../parts/address.ts';
import { EventList } from './event-list.tsx';
import { nameOf } from './names.ts';
import { PartView } from './part-view.tsx';
import { TraceList } from './trace-list.tsx';
import { Trace } from './trace-view.tsx';

/** Views of the drawer while nothing is selected, by the path of their address. */
const views = { '': 'Events', traces: 'Traces' } as const;
type ViewPath = keyof typeof views;

/** Address of the latest view, with its filters: where closing a selection leads. */
const viewAddress = signal(linkTo('flow'));
hash.subscribe((current) => {
  const { page, path } = address.peek();
  if (page === 'flow' && path in views) viewAddress.value = current === '' ? linkTo('flow') : current;
});

/** Drawer beside the picture: the live list of events, the list of traces, or what is selected. */
export function Drawer() {
  const path = selected.value;
  return (
    <section class="drawer panel" aria-label="Details" id="flow-drawer" tabIndex={-1}>
      <nav class="tabs" aria-label="Views of Flow">
        {(Object.keys(views) as ViewPath[]).map((view) => (
          <a key={view} href={linkTo('flow', view)} aria-current={view === path ? 'page' : undefined}>
            {views[view]}
          </a>
        ))}
      </nav>
      <Content path={path} />
    </section>
  );
}

function Content({ path }: { readonly path: string }) {
  if (path === '') return <EventList />;
  if (path === 'traces') return <TraceList />;
  const traceId = /^trace\/(.+)$/.exec(path)?.[1];
  return (
    <Selection key={path} title={traceId === undefined ? (nameOf(path) ?? 'Not in the picture') : 'Trace'}>
      {traceId === undefined ? <PartView id={path} /> : <Trace traceId={traceId} />}
    </Selection>
  );
}

/**
 * What is selected. It takes the focus, so that keyboard and screen reader continue here; Escape closes it, and the focus returns
 * to where it was opened.
 */
function Selection({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    const link = location.hash;
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
    const onKey = ({ key, defaultPrevented }: KeyboardEvent) => {
      if (key === 'Escape' && !defaultPrevented && document.querySelector(':popover-open') === null)
        goTo(viewAddress.peek());
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      // After the next view is there; if another selection follows, it has taken the focus.
      setTimeout(() => returnFocus(opener, link));
    };
  }, []);
  return (
    <div class="selection">
      <div class="row head">
        <h2 ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <a href={viewAddress.value} aria-label={`Close ${title}`}>
          Close
        </a>
      </div>
      {children}
    </div>
  );
}

/** Focuses what opened a selection, or else a link to it or the drawer, unless the focus is elsewhere by now. */
function returnFocus(opener: Element | null, link: string): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const isFocusable = opener?.isConnected === true && opener !== document.body;
  const target = isFocusable
    ? opener
    : (document.querySelector(`main a[href="${CSS.escape(link)}"]`) ??
      document.querySelector('#flow-drawer'));
  (target as HTMLElement | null)?.focus();
}
