import { client, type RequestOptions } from '../support/http.ts';

/** Documented operation of a service, with a valid body. */
export interface Operation {
  readonly method: string;
  /** Path template with the parameters in braces. */
  readonly path: string;
  readonly sent: RequestOptions;
  /** Documented response statuses. */
  readonly statuses: readonly string[];
  /** Whether it needs a scope. */
  readonly isGuarded: boolean;
}

interface Schema {
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
}

interface Documented {
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema?: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
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
  const { paths } = (await client(url).call<Document>('GET', '/openapi.json')).body;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(() => path !== '/health' && path !== '/ready')
      .map(([method, documented]) => ({
        method: method.toUpperCase(),
        path,
        sent: streams[path] ?? sampleOf(documented),
        statuses: Object.keys(documented.responses),
        isGuarded: documented.security?.every((scheme) => Object.values(scheme).flat().length > 0) ?? false,
      })),
  );
}

function sampleOf({ requestBody }: Documented): RequestOptions {
  const schema = requestBody?.content['application/json']?.schema;
  if (!schema) return {};
  const [alternative] = schema.oneOf ?? [];
  const fields = [schema, alternative].flatMap((part) => part?.required ?? []);
  const body = fields.map((field) => {
    if (!(field in samples)) throw new Error(`a sample of ${field} is missing`);
    return [field, samples[field]] as const;
  });
  return { body: Object.fromEntries(body) };
}

/** Fills the parameters of a path template. */
export function pathWith(path: string, parameters: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = parameters[name];
    if (value === undefined) throw new Error(`no ${name} for ${path}`);
    return value;
  });
}
