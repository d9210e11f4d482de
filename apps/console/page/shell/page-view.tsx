import { Component, type ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Button } from '../parts/controls.tsx';
import { onRecovery } from '../recovery.ts';
import type { Page } from './pages.ts';

/** Code of the pages that were loaded. */
const loaded = new Map<string, ComponentType>();

/**
 * A page; its code is loaded when it is first shown. Loading that failed, while the server is away, is repeated once it has
 * recovered or the reader asks for it. An error of the page leaves the navigation as it is.
 */
export function PageView({ page }: { readonly page: Page }) {
  const [attempt, setAttempt] = useState(0);
  const [error, setError] = useState<unknown>();
  const Content = loaded.get(page.path);
  const retry = () => {
    setError(undefined);
    setAttempt((attempts) => attempts + 1);
  };
  useEffect(() => {
    if (loaded.has(page.path)) return undefined;
    let isCurrent = true;
    page.load().then(
      (module) => {
        loaded.set(page.path, module.default);
        if (isCurrent) retry();
      },
      (failure: unknown) => isCurrent && setError(failure ?? new Error()),
    );
    return () => void (isCurrent = false);
  }, [page, attempt]);
  useEffect(() => onRecovery(() => void (!loaded.has(page.path) && retry())), [page]);

  if (Content)
    return (
      <ErrorBoundary key={attempt} onRetry={retry}>
        <Content />
      </ErrorBoundary>
    );
  if (error !== undefined)
    return (
      <Failure title={page.title} onRetry={retry}>
        This page could not be loaded, because the system does not answer. It appears as soon as the system is
        back.
      </Failure>
    );
  return <p class="quiet">Loading …</p>;
}

interface FailureProps {
  readonly title: string;
  readonly children: string;
  readonly onRetry: () => void;
}

function Failure({ title, children, onRetry }: FailureProps) {
  return (
    <>
      <h1>{title}</h1>
      <p class="notice bad" role="alert">
        {children}
      </p>
      <Button onPress={onRetry}>Try again</Button>
    </>
  );
}

interface BoundaryProps {
  readonly onRetry: () => void;
}

/** Shows an error instead of its content when that throws while rendering. */
class ErrorBoundary extends Component<BoundaryProps, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown) {
    reportError(error);
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Failure title="Something went wrong" onRetry={this.props.onRetry}>
        This page has failed. The other pages still work, and nothing in the shop was changed by it.
      </Failure>
    );
  }
}
