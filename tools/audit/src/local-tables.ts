import { setTimeout as delay } from 'node:timers/promises';
import type { ScanPage, StoredState } from '@tandem/storage/driver';
import { rejectedResponse, unreachable } from '@tandem/cli/target';
import { mintToken } from '@tandem/emulators/issuer';
import { MAX_ITEMS, MAX_KEYS } from './routes.ts';
import type { AuditedTable, TableReader, Tables } from './tables.ts';

/** Token lifetime: longer than any audit of one machine takes. */
const TOKEN_SECONDS = 24 * 60 * 60;
/** Attempts of a request that the gateway sheds or whose connection fails. */
const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** Running local system: its tables, and the endpoint of its SNS and SQS. */
export interface LocalSystem {
  readonly tables: Tables;
  readonly endpoint: string;
}

/** Connects to the system behind a gateway. Rejects with a DomainError where none is running, or another checkout's is. */
export async function openLocalSystem(url: string): Promise<LocalSystem> {
  const token = await mintToken({ subject: 'audit', scopes: ['operator'], lifetimeSeconds: TOKEN_SECONDS });
  const call = async (path: string, body?: object): Promise<unknown> => {
    const request = {
      headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
    };
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${url}/console${path}`, request).catch((error: unknown) => {
        if (attempt === ATTEMPTS || isRefused(error)) throw unreachable(url, error);
        return undefined;
      });
      if (response?.status === 200) return response.json();
      if (response && (response.status !== 503 || attempt === ATTEMPTS))
        throw await rejectedResponse(url, response);
      await delay(PAUSE_MS * attempt);
    }
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

function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && cause.code === 'ECONNREFUSED';
}
