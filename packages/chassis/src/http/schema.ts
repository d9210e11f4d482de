import { isDeepStrictEqual } from 'node:util';
import type { FastifyReply, FastifyRequest, FastifyTypeProvider } from 'fastify';
import { z } from 'zod';
import { DomainError } from '../errors.ts';

/** Types a route by its zod schemas: what a handler receives is their output, what it answers their input. */
export interface ZodTypeProvider extends FastifyTypeProvider {
  readonly validator: this['schema'] extends z.ZodType ? z.output<this['schema']> : unknown;
  readonly serializer: this['schema'] extends z.ZodType ? ReadonlyDeep<z.input<this['schema']>> : unknown;
}

type ReadonlyDeep<T> = T extends object ? { readonly [K in keyof T]: ReadonlyDeep<T[K]> } : T;

/** A part of a request that has a schema. */
export type RequestPart = 'params' | 'querystring' | 'headers' | 'body';

/** A fault of the input. `pointer` is a JSON pointer into the body, `?name` a query, `{name}` a path parameter. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
}

/** The schema of an answer without a body, such as 204. */
export function noBody(description: string) {
  return z.undefined().describe(description);
}

/** Reads an integer in a query or path, where everything is text. A default belongs inside: `z.int().default(20)`. */
export function queryInteger<S extends z.ZodType>(schema: S) {
  return z.preprocess(
    (value) => (typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value),
    schema,
  );
}

/** A query parameter of which an empty text counts as absent, as a form sends a field that was left empty. */
export function emptyAsAbsent<S extends z.ZodType>(schema: S) {
  return z.preprocess((value) => (value === '' ? undefined : value), schema);
}

const maxFaults = 20;

/**
 * Compiles a schema into a function that gives its output, or the DomainError that says what is wrong with the
 * input: at most 20 faults, so that a small request cannot make a large answer.
 */
export function compileValidator<S extends z.ZodType>(
  schema: S,
  part: RequestPart,
): (input: unknown) => { value: z.output<S> } | { error: DomainError } {
  const compiled = z.compile(schema);
  return (input) => {
    const result = compiled.safeParse(input);
    return result.success ? { value: result.data } : { error: invalidInput(result.error, part) };
  };
}

function invalidInput(error: z.ZodError, part: RequestPart): DomainError {
  const errors = error.issues.flatMap((issue) => faultsOf(issue, part)).slice(0, maxFaults);
  return new DomainError('invalid', 'invalid-input', `The ${nouns[part]} is not valid`, {
    details: { errors },
  });
}

const nouns = { params: 'path', querystring: 'query', headers: 'header', body: 'body' } satisfies Record<
  RequestPart,
  string
>;

function faultsOf(issue: z.core.$ZodIssue, part: RequestPart): Fault[] {
  if (issue.code !== 'unrecognized_keys')
    return [{ pointer: pointerTo(issue.path, part), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: pointerTo([...issue.path, key], part),
    detail: 'Unknown field',
  }));
}

function pointerTo(path: readonly PropertyKey[], part: RequestPart): string {
  const tokens = path.map((token) => String(token).replaceAll('~', '~0').replaceAll('/', '~1'));
  if (part === 'body') return tokens.map((token) => `/${token}`).join('');
  const name = tokens.join('/');
  if (part === 'querystring') return `?${name}`;
  return part === 'params' ? `{${name}}` : `${name}:`;
}

/** A hook for tests: throws if an answer below 400 is not exactly what its route's schema describes. */
export async function checkResponses(
  request: FastifyRequest,
  reply: FastifyReply,
  payload: unknown,
): Promise<void> {
  const { url, schema } = request.route;
  const answers = schema?.response as Readonly<Record<string, z.ZodType>> | undefined;
  if (answers === undefined || reply.statusCode >= 400 || request.method === 'HEAD') return;
  const answer = answers[reply.statusCode];
  const body: unknown = typeof payload === 'string' && payload !== '' ? JSON.parse(payload) : undefined;
  const result = answer?.safeParse(body);
  if (result?.success && isDeepStrictEqual(result.data, body)) return;
  const fault = result?.error ? z.prettifyError(result.error) : 'unknown status or fields';
  throw new Error(`${request.method} ${url} answered ${reply.statusCode} other than its schema: ${fault}`);
}
