import { STATUS_CODES } from 'node:http';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyContextConfig, FastifySchema } from 'fastify';
import { z } from 'zod';
import type { App } from './types.ts';
import { IDEMPOTENCY_KEY } from './idempotency.ts';
import { createComponents } from './json-schema.ts';
import type { Components, JsonSchema } from './json-schema.ts';
import { Problem } from './problem.ts';

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
  const bearer = { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } as const;
  /** Operations with an optional body, such as `POST /path/{id}`. */
  const withOptionalBody = new Set<string>();

  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: info.name, version: info.version, description: info.description },
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
          : describe((schema ?? {}) as RouteSchemas, route.config ?? {}, components, problem, hasTokens),
        url,
      };
    },
    transformObject: (document) => {
      if (!('openapiObject' in document)) return document.swaggerObject;
      document.openapiObject.components = Object.assign(document.openapiObject.components ?? {}, {
        schemas: components.schemas,
      });
      // The plugin documents every body as required.
      for (const [path, methods = {}] of Object.entries(document.openapiObject.paths ?? {})) {
        for (const [method, operation] of Object.entries(methods)) {
          const { requestBody } = operation as { requestBody?: { required?: boolean } };
          if (requestBody && withOptionalBody.has(`${method.toUpperCase()} ${path}`))
            requestBody.required = false;
        }
      }
      return document.openapiObject;
    },
  });

  app.get('/openapi.json', { schema: { hide: true }, config: { system: true } }, () => app.swagger());
  await app.register(swaggerUi, { routePrefix: '/docs' });
}

const retryAfter = {
  'Retry-After': { description: 'Seconds to wait before a retry', type: 'integer', minimum: 1 },
};

function describe(
  schema: RouteSchemas,
  { scope, authenticated = scope !== undefined, problems = [], system = false }: FastifyContextConfig,
  components: Components,
  problem: JsonSchema,
  hasTokens: boolean,
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
    description: STATUS_CODES[status] ?? 'Any other problem',
    ...(status === '429' || status === '503' ? { headers: retryAfter } : {}),
    content: { 'application/problem+json': { schema: problem } },
  });
  // A route without a scope accepts any token; if the token is optional, it still identifies the caller.
  const bearer = { bearer: scope === undefined ? [] : [scope] };
  const responses = Object.entries(response).map(([status, body]) => [
    status,
    responseOf(body, status, components),
  ]);
  return {
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

function responseOf(schema: z.ZodType, status: string, components: Components): JsonSchema {
  const description = schema.description ?? STATUS_CODES[status] ?? status;
  if (schema instanceof z.ZodUndefined) return { type: 'null', description };
  return { description, content: { 'application/json': { schema: components.reference(schema, 'output') } } };
}
