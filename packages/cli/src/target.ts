import { DomainError } from '@tandem/chassis/errors';
import { z } from 'zod';
import { usageError } from './command.ts';

const problem = z.object({ title: z.string().optional(), detail: z.string().optional() });

/** Base URL of a running system, without a slash at its end; default: the gateway on this machine. */
export function systemUrl(override: string | undefined, port: string | undefined): string {
  const text = override ?? `http://127.0.0.1:${port === undefined || port === '' ? '8080' : port}`;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is not an http URL`);
  return url.href.replace(/\/+$/, '');
}

/** Error for a rejected `fetch`, with a text for the user. */
export function unreachable(url: string, error: unknown): DomainError {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const message = /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN)$/.test(code)
    ? `no system is running at ${url} – start it with npm start`
    : `the connection to ${url} failed: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new DomainError('unavailable', 'unreachable', message, { cause: error });
}

/** Error for a response with an unexpected status, with a text for the user. */
export async function rejectedResponse(url: string, response: Response): Promise<DomainError> {
  const body = problem.safeParse(parseOrNull(await response.text()));
  const detail = body.data?.detail ?? body.data?.title;
  const statusAndDetail = detail === undefined ? `${response.status}` : `${response.status}: ${detail}`;
  const message =
    response.status === 401 || response.status === 403
      ? `the system at ${url} does not accept this checkout's token (${statusAndDetail})`
      : `the system at ${url} responded ${statusAndDetail}`;
  return new DomainError('unavailable', 'refused', message);
}

/** Parses JSON; null where the text is not JSON. */
export function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
