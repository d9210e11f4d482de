import { useEffect, useState } from 'preact/hooks';
import { ask } from '../api.ts';

/** What was answered to the latest question, or why nothing was. */
export interface AskedFor<T> {
  readonly body?: T;
  readonly problem?: string;
}

/**
 * What the system answers to a GET, asked again when the path, the token or `version` changes. The last answer stays
 * until there is a new one; without a path or a token nothing is asked.
 */
export function useAsked<T>(
  path: string | undefined,
  token: string | undefined,
  version: unknown,
): AskedFor<T> {
  const [asked, setAsked] = useState<{ readonly path?: string; readonly answer: AskedFor<T> }>({
    answer: {},
  });
  useEffect(() => {
    if (path === undefined || token === undefined) return undefined;
    let isCurrent = true;
    void ask<T>(path, { token })
      .then(
        ({ body }): AskedFor<T> => ({ body }),
        (error: Error): AskedFor<T> => ({ problem: error.message }),
      )
      .then((answer) => isCurrent && setAsked({ path, answer }));
    return () => void (isCurrent = false);
  }, [path, token, version]);
  return asked.path === path && token !== undefined ? asked.answer : {};
}
