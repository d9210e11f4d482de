import { useEffect, useState } from 'preact/hooks';
import { request } from '../api.ts';

/** Result of the latest request: the body, or the error message. Both are undefined before the first response. */
export interface Fetched<T> {
  readonly body?: T;
  readonly problem?: string;
}

/**
 * Fetches a path, again whenever the path, the token or `version` changes. The last result stays until the next one;
 * without a path or a token nothing is requested.
 */
export function useFetched<T>(
  path: string | undefined,
  token: string | undefined,
  version: unknown,
): Fetched<T> {
  const [latest, setLatest] = useState<{ readonly path?: string; readonly result: Fetched<T> }>({
    result: {},
  });
  useEffect(() => {
    if (path === undefined || token === undefined) return undefined;
    let isCurrent = true;
    void request<T>(path, { token })
      .then(
        ({ body }): Fetched<T> => ({ body }),
        (error: Error): Fetched<T> => ({ problem: error.message }),
      )
      .then((result) => isCurrent && setLatest({ path, result }));
    return () => void (isCurrent = false);
  }, [path, token, version]);
  return latest.path === path && token !== undefined ? latest.result : {};
}
