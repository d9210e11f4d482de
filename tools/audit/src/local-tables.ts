import type { ScanPage, StoredState } from '@tandem/storage/driver';
import { rejectedResponse } from '@tandem/cli/api-client';
import { chunksOf } from '@tandem/cli/batches';
import { connect } from '@tandem/cli/connect';
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
  const request = connect(url, { token, deadlineMs: DEADLINE_MS });
  const call = async (path: string, body?: object): Promise<unknown> => {
    const method = body ? 'POST' : 'GET';
    const response = await request({ method, path: `/console${path}`, ...(body && { body }) });
    if (response.status === 200) return response.body;
    throw rejectedResponse(url, response);
  };

  const { urls } = (await call('/about')) as { readonly urls: { readonly aws: string } };
  const { id } = (await call('/tables')) as { readonly id: string };
  const readerOf = (table: AuditedTable): TableReader => ({
    async scan({ kind, segment, limit, after }) {
      if (segment > 0) return { rows: [] };
      // JSON omits `after` where it is undefined.
      return (await call('/tables/scan', {
        table,
        kind,
        limit: Math.min(limit, MAX_ITEMS),
        after,
      })) as ScanPage;
    },
    async read(keys) {
      const parts = chunksOf(keys, MAX_KEYS).map((pks) => call('/tables/read', { table, pks }));
      return ((await Promise.all(parts)) as StoredState[][]).flat();
    },
  });
  return {
    tables: { id, of: { products: readerOf('products'), carts: readerOf('carts') }, segments: 1 },
    endpoint: urls.aws,
  };
}
