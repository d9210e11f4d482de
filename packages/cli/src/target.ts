import { DomainError } from '@tandem/chassis/errors';
import { z } from 'zod';
import { usageError } from './command.ts';

const problem = z.object({ title: z.string().optional(), detail: z.string().optional() });

/** The base URL of a running system without a slash at its end: the given one, else the gateway on this machine. */
export function systemUrl(given: string | undefined, port: string | undefined): string {
  const text = given ?? `http://127.0.0.1:${port === undefined || port === '' ? '8080' : port}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is no http URL`);
  return url.href.replace(/\/+$/, '');
}

/** Why `fetch` rejected, in words for a user. */
export function unreachable(url: string, error: unknown): DomainError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(code)
    ? `no system is running at ${url} – start it with npm start`
    : `the connection to ${url} broke: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new DomainError('unavailable', 'unreachable', message, { cause: error });
}

/** Why a system did not do what was asked, in words for a user. */
export async function refusal(url: string, response: Response): Promise<DomainError> {
  const body = problem.safeParse(parseOrNull(await response.text()));
  const detail = body.data?.detail ?? body.data?.title;
  const answer = detail === undefined ? `${response.status}` : `${response.status}: ${detail}`;
  const message =
    response.status === 401 || response.status === 403
      ? `the system at ${url} does not accept this checkout's token (${answer})`
      : `the system at ${url} answered ${answer}`;
  return new DomainError('unavailable', 'refused', message);
}

/** The JSON of a text; null when it is none. */
export function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
