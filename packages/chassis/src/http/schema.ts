import { isDeepStrictEqual } from 'node:util';
import type { FastifyReply, FastifyRequest, FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../errors.ts';
import { faultText } from './fault-text.ts';

/** Types of a route by its zod schemas: a handler receives their output and responds with their input. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? ReadonlyDeep<z.input<this['schema']>> : unknown;
}

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

/** A part of a request that has a schema. */
export type RequestPart = 'params' | 'querystring' | 'headers' | 'body';

/**
 * A fault of the input. `pointer` is a JSON pointer into the body, `?name` a query, `{name}` a path parameter. `detail` is the
 * predicate of a sentence about the field, such as `must be at least 1`, that a shop can show.
 */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** Schema of a response without a body, such as 204. */
export function noBody(description: string) {
  return z.undefined().describe(description);
}

/** Schema of an integer in a query or path, which is text. Put a default inside: `queryInteger(z.int().default(20))`. */
export function queryInteger<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    schema,
  );
}

/** Keyword of OpenAPI for a parameter that may be empty. */
export const ALLOW_EMPTY_VALUE = 'allowEmptyValue';

/**
 * Schema of a query parameter whose empty text counts as absent, as forms send empty fields. Documented by
 * `allowEmptyValue`.
 */
export function emptyAsAbsent<S extends z.ZodType>(schema: S) {
  return z
    .preprocess((value) => (value === '' ? undefined : value), schema)
    .meta({ [ALLOW_EMPTY_VALUE]: true });
}

/** Largest number of reported faults, so that a small request cannot cause a large response. */
const MAX_FAULTS = 20;

/** Compiles a schema into a function that returns its output, or a DomainError with the faults of the input. */
export function compileValidator<S extends z.ZodType>(
  schema: S,
  part: RequestPart,
): (input: unknown) => { value: z.output<S> } | { error: DomainError } {
  const compiled = z.compile(schema);
  return (input) => {
    const result = compiled.safeParse(input, { error: faultText });
    return result.success ? { value: result.data } : { error: invalidInput(result.error, part) };
  };
}

function invalidInput(error: z.ZodError, part: RequestPart): DomainError {
  const errors = error.issues.flatMap((issue) => faultsOf(issue, part)).slice(0, MAX_FAULTS);
  return new DomainError('invalid', 'invalid-input', sentenceOf(errors, part), { details: { errors } });
}

/** Longest name of a field in a sentence: an unknown field may have a name of any length. */
const MAX_NAME_LENGTH = 60;

function sentenceOf([first, ...others]: readonly Fault[], part: RequestPart): string {
  const name = first?.pointer.replaceAll(/^[/?{]|[}:]$/g, '') ?? '';
  if (first === undefined || others.length > 0 || name.length > MAX_NAME_LENGTH)
    return `The ${nouns[part]} is not valid. Correct the fields in errors.`;
  return `The ${nouns[part]} is not valid: ${name || 'it'} ${first.detail}. Correct it.`;
}

const nouns = { params: 'path', querystring: 'query', headers: 'header', body: 'body' } satisfies Record<
  RequestPart,
  string
>;

function faultsOf(issue: z.core.$ZodIssue, part: RequestPart): Fault[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ pointer: pointerTo(issue.path, part), detail: issue.message }];
  const detail = issue.message;
  return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key], part), detail }));
}

function pointerTo(path: readonly PropertyKey[], part: RequestPart): string {
  const tokens = path.map((token) => String(token).replaceAll('~', '~0').replaceAll('/', '~1'));
  if (part === 'body') return tokens.map((token) => `/${token}`).join('');
  const name = tokens.join('/');
  if (part === 'querystring') return `?${name}`;
  return part === 'params' ? `{${name}}` : `${name}:`;
}

/** Hook for tests: throws if a JSON response below 400 does not match the schema of its route exactly. */
export async function checkResponses(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const { url, schema } = request.route;
  const schemas = schema?.response as Readonly<Record<string, z.ZodType>> | undefined;
  const { mediaTypes = [] } = request.route.config;
  const [mediaType = ''] = String(reply.getHeader('content-type')).split(';', 1);
  if (schemas === undefined || reply.statusCode >= 400 || request.method === 'HEAD') return;
  if (mediaTypes.includes(mediaType)) return;
  const body: unknown = typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : undefined;
  const result = schemas[reply.statusCode]?.safeParse(body);
  if (result?.success && isDeepStrictEqual(result.data, body)) return;
  const fault = result?.error ? z.prettifyError(result.error) : 'unknown status or fields';
  throw new Error(
    `The response ${reply.statusCode} of ${request.method} ${url} does not match its schema: ${fault}`,
  );
}
