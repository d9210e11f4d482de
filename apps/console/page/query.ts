import { QueryClient, QueryObserver, type QueryKey, type QueryObserverOptions } from '@tanstack/query-core';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { Problem, type RequestOptions } from './api.ts';

/** Longest pause between two attempts of a read, in milliseconds. */
const MAX_RETRY_MS = 5_000;

/**
 * Reads of the page by their keys. A key begins with what is read: `products`, `cart`, `orders`, `trace`. A read that failed
 * because something is down is repeated with a growing pause until it succeeds; see refresh.ts for what makes a result old.
 */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (_failures, error) => isUnavailable(error),
      retryDelay: (failures) => Math.min(MAX_RETRY_MS, 500 * 2 ** failures),
      // The gateway is on this machine or reachable without the internet: let each attempt find out.
      networkMode: 'always',
      staleTime: Infinity,
      refetchOnWindowFocus: false,
      refetchOnReconnect: false,
    },
  },
});

/** Whether an error says that something is down or busy, so that the same request may succeed later. */
export function isUnavailable(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.status === 429 || error.status >= 500);
}

/** Whether an error says that the system or a service did not answer. */
export function isOutage(error: unknown): boolean {
  return error instanceof Problem && (error.status === 0 || error.code.startsWith('upstream-'));
}

/** What a component reads. */
export interface Read<T> {
  /** Latest result; undefined before the first one. The result of a former key is not shown. */
  readonly data: T | undefined;
  /** Error of the latest attempt, also while the next one is awaited; undefined after a success. */
  readonly error: Error | undefined;
  readonly isLoading: boolean;
}

/** Options of {@link useRead}: those of TanStack Query, such as `enabled` or `refetchInterval`. */
export type ReadOptions<T> = Omit<QueryObserverOptions<T>, 'queryKey' | 'queryFn'>;

/** Reads something by requests with these options. */
export type ReadBy<T> = (options: RequestOptions) => Promise<T>;

/**
 * Reads by key, and renders again when the result changes. Only the first read of a key is traffic of the reader; the page repeats it
 * for itself. Components with the same key share one request and one result. With
 * `placeholderData: (former) => former` the former result stays while that of another key loads.
 */
export function useRead<T>(key: QueryKey, read: ReadBy<T>, options: ReadOptions<T> = {}): Read<T> {
  const all = {
    ...options,
    queryKey: key,
    queryFn: () => read({ isOwnRead: isRepeated(key) }),
  } as QueryObserverOptions<T>;
  const observer = useMemo(() => new QueryObserver<T>(queries, all), []);
  const [, render] = useState(0);
  useEffect(() => observer.subscribe(() => render((count) => count + 1)), [observer]);
  useEffect(() => observer.setOptions(all));
  const { data, error, failureReason, isFetching, isPlaceholderData } = observer.getOptimisticResult(
    queries.defaultQueryOptions(all),
  );
  return {
    data,
    error: error ?? failureReason ?? undefined,
    isLoading: isFetching && (data === undefined || isPlaceholderData),
  };
}

/** Whether a read was made or tried before. */
function isRepeated(key: QueryKey): boolean {
  const {
    dataUpdateCount = 0,
    errorUpdateCount = 0,
    fetchFailureCount = 0,
  } = queries.getQueryState(key) ?? {};
  return dataUpdateCount + errorUpdateCount + fetchFailureCount > 0;
}
