/** JSON Schema, with the keywords that tests read. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  /** Excludes all values in our documents, where it forbids a field. */
  readonly not?: JsonSchema;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Content {
  readonly [mediaType: string]: { readonly schema: JsonSchema };
}

/** Parameter of an operation. */
export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
  /** Whether an empty value counts as absent. */
  readonly allowEmptyValue?: boolean;
  readonly schema: JsonSchema;
}

/** Documented response. */
export interface ResponseObject {
  readonly content?: Content;
  readonly headers?: Readonly<Record<string, { readonly required?: boolean }>>;
}

/** Operation of an OpenAPI 3.1 document: the parts that our services use. */
export interface DocumentedOperation {
  /** In upper case. */
  readonly method: string;
  /** Path template with the parameters in braces. */
  readonly path: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, ResponseObject>>;
}

/** Operations and named schemas of a service. */
export interface OpenApi {
  readonly operations: readonly DocumentedOperation[];
  readonly schemas: Readonly<Record<string, JsonSchema>>;
}

/** Fetches the OpenAPI document of a running service. */
export async function fetchOpenApi(baseUrl: string): Promise<OpenApi> {
  const response = await fetch(`${baseUrl}/openapi.json`);
  const { paths, components } = (await response.json()) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
    readonly components: { readonly schemas: OpenApi['schemas'] };
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      method: method.toUpperCase(),
      path,
    })),
  );
  return { operations, schemas: components.schemas };
}

/** Whether each security alternative of an operation satisfies a condition on its scopes; false without alternatives. */
export function requiresScope({ security = [] }: Pick<DocumentedOperation, 'security'>): boolean {
  return security.length > 0 && security.every((scheme) => Object.values(scheme).flat().length > 0);
}
