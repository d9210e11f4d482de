import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Panel with the details of the selection. It takes the focus, so that keyboard and screen reader continue here. */
export function DetailsPanel({ title, children }: { title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
    heading.current?.scrollIntoView({ block: 'nearest' });
  }, []);
  return (
    <section class="panel details" aria-labelledby="details">
      <div class="row">
        <h2 id="details" ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <a href="#/flow">Close</a>
      </div>
      {children}
    </section>
  );
}
