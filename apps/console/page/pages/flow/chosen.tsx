import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** What was chosen in the picture. It gets the focus, so that the next key and a screen reader go on from here. */
export function Chosen({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section class="sheet chosen" aria-labelledby="chosen">
      <div class="row">
        <h2 id="chosen" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <a href="#/flow">Close</a>
      </div>
      {children}
    </section>
  );
}
