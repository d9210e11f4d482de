import { usageError } from './command.ts';

/** Base URL of a running system, without a slash at its end; default: the gateway on this machine. */
export function systemUrl(override: string | undefined, port: string | undefined): string {
  return httpUrl(override ?? `http://127.0.0.1:${port || '8080'}`);
}

/** An http or https URL without a slash at its end; throws a usage error for any other text. */
export function httpUrl(text: string): string {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) throw usageError(`"${text}" is not an http URL`);
  return url.href.replace(/\/+$/, '');
}

/** Whether a URL is on this machine, so that the local issuer's tokens are valid. */
export function isLoopback(url: string): boolean {
  return /^(?:.+\.)?localhost$|^127\.|^\[::1\]$/.test(new URL(url).hostname);
}
