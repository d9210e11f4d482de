import { z } from 'zod';

/** Schema of an environment variable: an integer from `min` to `max`. */
export function integer(min: number, max: number) {
  const message = `expected an integer from ${min} to ${max}`;
  return z
    .string()
    .regex(/^-?\d{1,15}$/, message)
    .transform(Number)
    .pipe(z.int().min(min, message).max(max, message));
}

/** A TCP port; 0 means any free one. */
export const port = integer(0, 65_535);

/** Log levels, from the most to the least verbose. */
export const logLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']);

/** A switch: 1, true, yes, on, or their opposites. */
export const flag = z.stringbool({ error: 'expected 1 or 0, true or false, yes or no, on or off' });

/** A list of texts, separated by commas. */
export const list = z
  .string()
  .transform((text) => text.split(',').map((entry) => entry.trim()))
  .refine((entries) => !entries.includes(''), 'expected texts separated by commas');

/**
 * The issuer's names of scopes, such as `products:write=Products.Write`, separated by commas. A scope that is repeated has
 * several names, each of which grants it.
 */
export const scopeNames = list.transform((entries, context) => {
  const names: Record<string, string[]> = {};
  for (const entry of entries) {
    const [, scope, name] = /^([^=]+)=(.+)$/.exec(entry) ?? [];
    if (scope === undefined || name === undefined)
      context.addIssue('expected SCOPE=NAME, several separated by commas');
    else names[scope] = [...(Object.hasOwn(names, scope) ? (names[scope] ?? []) : []), name];
  }
  return names;
});

const millisecondsPerUnit = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A time span such as `500ms`, `30s`, `5m`, `2h` or `7d`, in milliseconds. */
export const duration = z
  .string()
  .regex(/^\d{1,9}(?:ms|[smhd])$/, 'expected a number with a unit: ms, s, m, h or d')
  .transform((text) => {
    const unit = text.replace(/^\d+/, '') as keyof typeof millisecondsPerUnit;
    return Number.parseInt(text, 10) * millisecondsPerUnit[unit];
  });

/** A fraction, 0 to 1. */
export const share = z
  .string()
  .regex(/^(?:[01]|[01]?\.\d{1,6})$/, 'expected a number from 0 to 1')
  .transform(Number)
  .pipe(z.number().max(1, 'expected a number from 0 to 1'));

/** Environment variables of metrics and traces. Headers and timeouts of the export are the OpenTelemetry SDK's own variables. */
export const telemetryVariables = {
  EMF: flag.default(true).describe("1 writes metrics to stdout, in CloudWatch's embedded metric format"),
  EMF_NAMESPACE: z
    .string()
    .regex(/^[\w.\-/#]{1,255}$/, 'expected letters, digits and . - _ / #')
    .default('Tandem')
    .describe('CloudWatch namespace of the metrics'),
  OTEL_EXPORTER_OTLP_ENDPOINT: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('Collector to export spans to (OTLP over HTTP, JSON); default: no export'),
  OTEL_EXPORTER_OTLP_SIGNED: flag
    .default(false)
    .describe("1 signs exports (SigV4), as X-Ray's endpoint requires"),
  OTEL_TRACES_SAMPLER_ARG: share
    .default(1)
    .describe('Sampled share of new traces, 0 to 1; the sampling decision of a caller is kept'),
};

/** Whether a text is an origin as browsers send it: scheme, host in lower case, and port unless it is the default. */
export function isOrigin(text: string): boolean {
  return /^https?:[^*]+$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Origins as browsers send them, separated by commas. */
const corsOrigins = z
  .string()
  .transform((list) => list.split(',').map((origin) => origin.trim()))
  .refine(
    (origins) => origins.every(isOrigin),
    'expected origins such as https://shop.example or http://localhost:5173, separated by commas: in lower case, without path, default port or *',
  );

/** Environment variable of cross-origin resource sharing. */
export const corsVariables = {
  CORS_ORIGINS: corsOrigins
    .optional()
    .describe(
      'Origins whose pages may call the API from a browser, separated by commas, such as https://shop.example; default: none',
    ),
};

/** Environment variables common to all services. Region, credentials and endpoints are the AWS SDK's own variables. */
export const serviceVariables = {
  HOST: z.string().default('0.0.0.0').describe('Address to listen on'),
  LOG_LEVEL: logLevel.default('info').describe('Minimum log level'),
  AUTH_ISSUER: list.describe(
    'Accepted issuers of tokens (claim iss), separated by commas: names of one provider, with one key set',
  ),
  AUTH_AUDIENCE: list.describe(
    'Accepted audiences of tokens (claim aud, for Cognito client_id), separated by commas',
  ),
  AUTH_JWKS_URL: z.url().describe("URL of the issuer's public keys (JWKS)"),
  AUTH_SCOPE_CLAIMS: list
    .default(['scope', 'scp'])
    .describe(
      'Claims that contain scopes, separated by commas; a dot leads into a nested claim, e.g. permissions, roles, realm_access.roles',
    ),
  AUTH_SCOPES: scopeNames
    .optional()
    .describe(
      "The issuer's names of scopes, e.g. products:write=Products.Write, separated by commas; default: the names of the API",
    ),
  AUTH_MAX_TOKEN_SECONDS: integer(60, 366 * 24 * 60 * 60)
    .default(31 * 24 * 60 * 60)
    .describe('Longest accepted lifetime of a token, in seconds: since iat, and until exp'),
  ...corsVariables,
  RECEIVE_PAUSE_MS: integer(0, 20_000)
    .default(1_000)
    .describe(
      'Pause after a batch of messages that was not full, in milliseconds: batches are fuller, and fewer requests are billed',
    ),
  ...telemetryVariables,
};

/** Documentation of an environment variable. */
export interface ConfigRow {
  readonly name: string;
  readonly description: string;
  readonly default: string | undefined;
  readonly required: boolean;
}

/**
 * Reads a configuration from environment variables; an empty variable counts as unset. Throws an error whose message has
 * one line for each fault, below a title if there are several: variable, fault, and purpose of the variable. Values are not
 * included, as they may be secrets, unless a schema's own message includes one.
 */
export function readConfig<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const variables = Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : []));
  const result = schema.safeParse(Object.fromEntries(variables));
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => {
    const name = String(path[0] ?? '');
    const fault = name === '' || env[name] ? message : 'is not set';
    const description = descriptionOf(schema.shape[name]);
    return `${name}: ${fault}${description && ` (${description})`}`;
  });
  throw new Error(`Invalid configuration${faults.length > 1 ? '\n' : ': '}${faults.join('\n')}`);
}

/** Like {@link readConfig}, but prints the faults and exits the process with code 1. */
export function configOrExit<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  try {
    return readConfig(schema, env);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(1);
  }
}

/** Documents the variables of a schema, in its order. */
export function describeConfig(schema: z.ZodObject): ConfigRow[] {
  return Object.entries(schema.shape).map(([name, field]) => {
    const unset = z.safeParse(field, undefined);
    return {
      name,
      description: descriptionOf(field),
      default: unset.success && unset.data !== undefined ? String(unset.data) : undefined,
      required: !unset.success,
    };
  });
}

function descriptionOf(field: z.core.$ZodType | undefined): string {
  if (field === undefined) return '';
  const description = z.globalRegistry.get(field)?.description;
  if (description !== undefined) return description;
  const inner =
    field instanceof z.ZodOptional || field instanceof z.ZodDefault ? field.def.innerType : undefined;
  return descriptionOf(inner);
}
