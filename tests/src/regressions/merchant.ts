import assert from 'node:assert/strict';
import { client, type ProductBody } from '../support/http.ts';

export const ndjson = { 'content-type': 'application/x-ndjson' };

interface ImportReport {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: readonly { readonly line: number; readonly reason: string }[];
}

/** Creates a client that also imports products and changes stock. */
export function merchantClient(gateway: string) {
  const api = client(gateway);
  return {
    ...api,
    importProducts: async (products: readonly object[], query = '') => {
      const body = products.map((product) => `${JSON.stringify(product)}\n`).join('');
      const path = `/products/import${query}`;
      const response = await api.call<ImportReport>('POST', path, { body, headers: ndjson });
      assert.equal(response.status, 200, response.text);
      return response.body;
    },
    changeStock: (productId: string, change: object) =>
      api.call<ProductBody>('POST', `/products/${productId}/stock`, { body: change }),
  };
}
