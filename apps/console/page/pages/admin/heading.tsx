import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';

/** Address of the part whose heading was shown last. */
let lastHash: string | undefined;

/** Heading of a part of the Admin page; receives the focus when the reader has come from another part of it. */
export function Heading({ children }: { readonly children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (lastHash?.startsWith('#/admin') && lastHash !== location.hash) heading.current?.focus();
    lastHash = location.hash;
  }, []);
  return (
    <h1 ref={heading} tabIndex={-1}>
      {children}
    </h1>
  );
}
