import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { z } from 'zod';
import type { App } from './types.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { registerDocsPage } from './docs-page.ts';
import { createComponents } from './json-schema.ts';
import type { Components, JsonSchema } from './json-schema.ts';
import { Problem } from './problem.ts';
import { describeParameter, type DocumentedInput } from './openapi-parameters.ts';
import { type DescribedRoute, problemHeaders, responseHeaders } from './openapi-headers.ts';
import { tagOf, tagsOf } from './openapi-tags.ts';
import { costOf, type RouteCost } from './rate-limit.ts';
import { NO_STORE, PRIVATE, REVALIDATED } from './response-headers.ts';

/** The zod schemas of a route. */
interface RouteSchemas {
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly headers?: z.ZodObject;
  readonly body?: z.ZodType;
  readonly response?: Readonly<Record<string, z.ZodType>>;
  readonly hide?: boolean;
}

/** Name, version and description of the service in its OpenAPI document. */
export interface ServiceInfo {
  readonly name: string;
  readonly version: string;
  readonly description: string;
}

/**
 * Serves `/openapi.json`, the OpenAPI 3.1 document of the routes that are registered after this call, and `/docs`, a page
 * of it that loads nothing from other hosts. Schemas with `.meta({ id })` become components.
 */
export async function registerOpenApi(app: App, info: ServiceInfo, hasTokens: boolean): Promise<void> {
  const components = createComponents();
  const problem = components.reference(Problem, 'output');
  const bearer = {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description:
      'Of the issuer that the service trusts. On one machine: npm run -s token -- --scope "products:write orders:read analytics:read"',
  } as const;
  /** Operations with an optional body, such as `POST /path/{id}`. */
  const withOptionalBody = new Set<string>();

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: info.name, version: info.version, description: info.description },
      servers: [{ url: '/', description: 'The host of this document' }],
      components: hasTokens ? { securitySchemes: { bearer } } : {},
    },
    convertConstToEnum: false,
    transform: ({ schema, url, route }) => {
      const { body } = (schema ?? {}) as RouteSchemas;
      if (body instanceof z.ZodPrefault)
        withOptionalBody.add(`${String(route.method)} ${url.replaceAll(/:(\w+)/g, '{$1}')}`);
      return {
        schema: schema?.hide
          ? schema
          : describe(
              (schema ?? {}) as RouteSchemas,
              {
                ...route.config,
                method: String(route.method),
                cost: costOf(String(route.method), route.config?.cost),
              },
              components,
              problem,
              hasTokens,
              tagOf(url),
            ),
        url,
      };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      document.openapiObject.components = Object.assign(document.openapiObject.components ?? {}, {
        schemas: components.schemas,
      });
      for (const [path, methods = {}] of Object.entries(document.openapiObject.paths ?? {})) {
        for (const [method, operation] of Object.entries(methods)) {
          const { parameters = [], requestBody } = operation as DocumentedInput;
          for (const parameter of parameters) describeParameter(parameter);
          // The plugin documents every body as required.
          if (requestBody && withOptionalBody.has(`${method.toUpperCase()} ${path}`))
            requestBody.required = false;
        }
      }
      document.openapiObject.tags = tagsOf(document.openapiObject.paths);
      return document.openapiObject;
    },
  });

  app.get(
    '/openapi.json',
    { schema: { hide: true }, config: { system: true, cacheControl: REVALIDATED } },
    () => app.swagger(),
  );
  await registerDocsPage(app, info.name);
}

function describe(
  schema: RouteSchemas,
  {
    scope,
    authenticated = scope !== undefined,
    problems = [],
    system = false,
    mediaTypes = [],
    method,
    cost,
    cacheControl = system ? NO_STORE : PRIVATE,
  }: FastifyContextConfig & { readonly method: string; readonly cost: RouteCost },
  components: Components,
  problem: JsonSchema,
  hasTokens: boolean,
  tag: string,
): FastifySchema {
  const { params, querystring, headers, body, response = {}, ...rest } = schema;
  const parts = Object.entries({ params, querystring, headers, body }).flatMap(([name, part]) =>
    part === undefined ? [] : [{ name, part }],
  );
  const statuses = new Set([
    ...(parts.length > 0 ? [400] : []),
    ...(hasTokens && !system ? [401] : []),
    ...(scope === undefined ? [] : [403]),
    ...(body === undefined ? [] : [413, 415]),
    ...(headers && IDEMPOTENCY_KEY in headers.shape ? [422] : []),
    ...(system ? [] : [429, 503]),
    ...problems,
  ]);
  const problemResponse = (status: string) => ({
    description: status === '429' ? limitText(cost) : (STATUS_CODES[status] ?? 'Any other problem'),
    ...problemHeaders(status),
    content: { 'application/problem+json': { schema: problem } },
  });
  // A route without a scope accepts any token; if the token is optional, it still identifies the caller.
  const bearer = { bearer: scope === undefined ? [] : [scope] };
  const names = Object.keys(headers?.shape ?? {});
  const isConditional = names.includes('if-match') || names.includes('if-none-match');
  const responses = Object.entries(response).map(([status, body]) => [
    status,
    responseOf(body, status, components, { mediaTypes, method, isConditional, cacheControl }),
  ]);
  return {
    tags: [tag],
    ...rest,
    ...Object.fromEntries(
      parts.map(({ name, part }) => [
        name,
        name === 'body' ? components.reference(part, 'input') : components.inline(part, 'input'),
      ]),
    ),
    ...(hasTokens && !system ? { security: [...(authenticated ? [] : [{}]), bearer] } : {}),
    response: Object.fromEntries([
      ...[...statuses].map((status) => [status, problemResponse(String(status))]),
      ...responses,
      ...(system ? [] : [['default', problemResponse('default')]]),
    ]),
  };
}

function limitText({ budget, units, further }: RouteCost): string {
  const cost = [`${units} of the ${budget} budget`, ...(further ? [further] : [])].join(' ');
  return `Too many requests: the rate limit is exceeded. Cost of this request: ${cost}`;
}

function responseOf(
  schema: z.ZodType,
  status: string,
  components: Components,
  { mediaTypes, ...route }: DescribedRoute & { readonly mediaTypes: readonly string[] },
): JsonSchema {
  const description = schema.description ?? STATUS_CODES[status] ?? status;
  const headers = responseHeaders(status, route);
  if (schema instanceof z.ZodUndefined) return { type: 'null', description, headers };
  const json = { 'application/json': { schema: components.reference(schema, 'output') } };
  const texts = mediaTypes.map((type) => [type, { schema: { type: 'string' } }]);
  return { description, headers, content: { ...json, ...Object.fromEntries(texts) } };
}
