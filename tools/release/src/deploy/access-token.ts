import { DomainError } from '@tandem/chassis/errors';
import { isLoopback } from '@tandem/cli/target';

/** A client of the issuer that may get tokens for itself. */
export interface Client {
  /** The issuer's token endpoint; HTTPS, except on this machine. */
  readonly tokenUrl: string;
  readonly id: string;
  readonly secret: string;
  /** Scope to request; some issuers expect a name of their own, such as `api://tandem/.default`. */
  readonly scope: string;
  /** Audience to request, where the issuer knows several (Auth0). */
  readonly audience?: string | undefined;
}

const TIMEOUT_MS = 10_000;

/**
 * Gets an access token by the client credentials grant (RFC 6749, 4.4), the client authenticated by HTTP Basic (2.3.1), which each
 * issuer must support. Rejects with a DomainError that contains neither secret nor token.
 */
export async function fetchAccessToken({ tokenUrl, id, secret, scope, audience }: Client): Promise<string> {
  if (!tokenUrl.startsWith('https:') && !isLoopback(tokenUrl))
    throw rejected(
      `${tokenUrl} is not HTTPS, and would get the secret in plain text: set SMOKE_TOKEN_URL to an HTTPS URL.`,
    );
  const credentials = [id, secret].map(formEncoded).join(':');
  const response = await fetch(tokenUrl, {
    method: 'POST',
    headers: {
      Authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
      Accept: 'application/json',
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, ...(audience && { audience }) }),
    // A redirect would send the secret to a host that nobody has set.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw rejected(`${tokenUrl} could not be reached: check SMOKE_TOKEN_URL and the issuer.`, error);
  });
  const body = (await response.json().catch(() => ({}))) as Partial<Record<string, unknown>>;
  const { access_token: token, error } = body;
  if (response.ok && typeof token === 'string' && token !== '') return token;
  const reason = typeof error === 'string' ? `${response.status} ${error.slice(0, 100)}` : response.status;
  throw rejected(
    `${tokenUrl} answered ${reason}: check the client's id, its secret, and that it may have the scope ${scope}.`,
  );
}

/** As in a form, which RFC 6749 demands of both before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams({ text }).toString().slice('text='.length);
}

function rejected(message: string, cause?: unknown): DomainError {
  return new DomainError('unavailable', 'no-token', message, { cause });
}
