import type { RequestOptions } from '../support/http.ts';
import { type DocumentedOperation, fetchOpenApi, requiresScope } from '../support/openapi.ts';

/** Documented operation of a service, with a valid body. */
export interface Operation {
  readonly method: string;
  /** Path template with the parameters in braces. */
  readonly path: string;
  readonly sample: RequestOptions;
  /** Documented response statuses. */
  readonly statuses: readonly string[];
  /** Whether it needs a scope. */
  readonly isGuarded: boolean;
}

/** Sample values of required fields. */
const samples: Readonly<Record<string, unknown>> = {
  name: 'Mug',
  price: 1000,
  currency: 'EUR',
  inventory: 10,
  delta: 5,
  productId: 'mug',
  qty: 1,
  fromCartId: 'unknown-cart',
};

/** Bodies that an OpenAPI document cannot describe: the import reads newline-delimited JSON. */
const streams: Readonly<Record<string, RequestOptions>> = {
  '/products/import': {
    body: `${JSON.stringify({ productId: 'imported', name: 'Imported', price: 1, currency: 'EUR' })}\n`,
    headers: { 'content-type': 'application/x-ndjson' },
  },
};

/** All operations of a service apart from its health checks, from its OpenAPI document. */
export async function operationsOf(url: string): Promise<readonly Operation[]> {
  const { operations } = await fetchOpenApi(url);
  return operations
    .filter(({ path }) => path !== '/health' && path !== '/ready')
    .map((operation) => ({
      method: operation.method,
      path: operation.path,
      sample: streams[operation.path] ?? sampleOf(operation),
      statuses: Object.keys(operation.responses),
      isGuarded: requiresScope(operation),
    }));
}

function sampleOf({ requestBody }: DocumentedOperation): RequestOptions {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return {};
  const { required = [], oneOf = [{}] } = schema;
  const fields = [...required, ...(oneOf[0]?.required ?? [])];
  const body = fields.map((field) => {
    if (!(field in samples)) throw new Error(`a sample of ${field} is missing`);
    return [field, samples[field]] as const;
  });
  return { body: Object.fromEntries(body) };
}

/** Fills the parameters of a path template. The default of an order's number is one that no order has. */
export function pathWith(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = { orderNumber: '0000-0000-0000', ...parameters }[name];
    if (value === undefined) throw new Error(`no ${name} for ${path}`);
    return value;
  });
}
