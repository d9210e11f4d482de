import type { ScanPage, StoredState } from '@tandem/storage/driver';
import { type ApiRequest, rejectedResponse, requestUntil, unreachable } from '@tandem/cli/api-client';
import { mintToken } from '@tandem/emulators/issuer';
import { MAX_ITEMS, MAX_KEYS } from './routes.ts';
import type { AuditedTable, TableReader, Tables } from './tables.ts';

/** Token lifetime: longer than any audit of one machine takes. */
const TOKEN_SECONDS = 24 * 60 * 60;
/** Deadline of retries where the gateway sheds a request, or its connection fails. */
const DEADLINE_MS = 10_000;

/** Running local system: its tables, and the endpoint of its SNS and SQS. */
export interface LocalSystem {
  readonly tables: Tables;
  readonly endpoint: string;
}

/** Connects to the system behind a gateway. Rejects with a DomainError where none is running, or another checkout's is. */
export async function openLocalSystem(url: string): Promise<LocalSystem> {
  const token = await mintToken({ subject: 'audit', scopes: ['operator'], lifetimeSeconds: TOKEN_SECONDS });
  let isReached = false;
  const call = async (path: string, body?: object): Promise<unknown> => {
    const request: ApiRequest = body ? { method: 'POST', path, body } : { method: 'GET', path };
    const outcome = await requestUntil(`${url}/console`, request, ({ status }) => status === 200, {
      token,
      deadlineMs: DEADLINE_MS,
      onAttempt(result) {
        if (!('response' in result)) {
          if (!isReached) throw unreachable(url, result.cause);
        } else if (result.response.status !== 200 && result.response.status !== 503)
          throw rejectedResponse(url, result.response);
        isReached = true;
      },
    });
    if ('response' in outcome) return outcome.response.body;
    throw unreachable(url, outcome.cause ?? new Error(outcome.reason));
  };

  const { urls } = (await call('/about')) as { readonly urls: { readonly aws: string } };
  const { id } = (await call('/tables')) as { readonly id: string };
  const readerOf = (table: AuditedTable): TableReader => ({
    scan: async ({ kind, segment, limit, after }) =>
      segment > 0
        ? { rows: [] }
        : ((await call('/tables/scan', {
            table,
            kind,
            limit: Math.min(limit, MAX_ITEMS),
            ...(after === undefined ? {} : { after }),
          })) as ScanPage),
    async read(pks) {
      const parts = Array.from({ length: Math.ceil(pks.length / MAX_KEYS) }, (_, i) =>
        call('/tables/read', { table, pks: pks.slice(i * MAX_KEYS, (i + 1) * MAX_KEYS) }),
      );
      return ((await Promise.all(parts)) as StoredState[][]).flat();
    },
  });
  return {
    tables: { id, of: { products: readerOf('products'), carts: readerOf('carts') }, segments: 1 },
    endpoint: urls.aws,
  };
}
