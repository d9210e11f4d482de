import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

export type Schema = Readonly<Record<string, unknown>>;

/** A JSON media type's or header's place in an OpenAPI document. */
interface Described {
  readonly schema: Schema;
}

export interface Parameter extends Described {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: boolean;
}

/** What an operation may answer with a status. */
export interface AnswerDescription {
  readonly content?: Readonly<Record<string, Described>>;
  readonly headers?: Readonly<Record<string, Described & { readonly required?: boolean }>>;
}

interface OperationObject {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: {
    readonly required?: boolean;
    readonly content: Readonly<Record<string, Described>>;
  };
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Readonly<Record<string, AnswerDescription>>;
}

/** What requests are made from: the part of an OpenAPI 3.1 document that our services use. */
interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

/** Whether an input is what a document asks for; `either` where readers of the document may differ. */
export type Verdict = 'valid' | 'invalid' | 'either';

/** One method of one path. */
export interface Operation extends OperationObject {
  readonly baseUrl: string;
  readonly method: string;
  readonly path: string;
  /** The methods that the document has for the path. */
  readonly methods: readonly string[];
  readonly document: Document;
}

/** The named schemas of a document and what they hold of a value. */
export interface Document {
  readonly operations: readonly Operation[];
  readonly resolve: (schema: Schema) => Schema;
  readonly judge: (schema: Schema, value: unknown) => Verdict;
  /** What is wrong with a value, in words; undefined for nothing. */
  readonly faultOf: (schema: Schema, value: unknown) => string | undefined;
}

/** Reads the document that a running service serves. */
export async function readDocument(baseUrl: string): Promise<Document> {
  const answer = await fetch(`${baseUrl}/openapi.json`);
  return parseDocument(baseUrl, (await answer.json()) as OpenApiDocument);
}

function parseDocument(baseUrl: string, { paths, components }: OpenApiDocument): Document {
  const byCodePoint = createCompiler(components, true);
  const byCodeUnit = createCompiler(components, false);
  const document: Document = {
    operations: [],
    resolve: (schema) => {
      const name = /^#\/components\/schemas\/(.+)$/.exec(String(schema['$ref']))?.[1];
      const found = name === undefined ? undefined : components.schemas[name];
      if (found === undefined) throw new Error(`no schema ${String(schema['$ref'])}`);
      return found;
    },
    // JSON Schema counts code points, JavaScript code units: where only one of them objects, both are right.
    judge: (schema, value) => {
      const isValid = byCodePoint(schema)(value);
      if (isValid !== byCodeUnit(schema)(value)) return 'either';
      return isValid ? 'valid' : 'invalid';
    },
    faultOf: (schema, value) => {
      const validate = byCodePoint(schema);
      return validate(value) ? undefined : JSON.stringify(validate.errors);
    },
  };
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      ...operation,
      baseUrl,
      method: method.toUpperCase(),
      path,
      methods: Object.keys(methods).map((name) => name.toUpperCase()),
      document,
    })),
  );
  return Object.assign(document, { operations });
}

function createCompiler(components: OpenApiDocument['components'], unicode: boolean) {
  const ajv = new Ajv2020({ strict: false, unicode, logger: false });
  addFormats.default(ajv);
  const compiled = new WeakMap<Schema, ValidateFunction>();
  return (schema: Schema): ValidateFunction => {
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components });
    compiled.set(schema, validate);
    return validate;
  };
}
