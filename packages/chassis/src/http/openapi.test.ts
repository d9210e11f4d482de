import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { z } from 'zod';
import { emptyAsAbsent, queryInteger } from './schema.ts';
import { createSampleApp } from './testing.ts';

interface Operation {
  security?: unknown;
  parameters?: { name: string; in: string; required: boolean; schema: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, Response>;
}

interface Response {
  description: string;
  headers?: Record<string, { schema: { const?: unknown } }>;
  content?: Record<string, { schema: unknown }>;
}

interface Document {
  [member: string]: unknown;
  openapi: string;
  info: unknown;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[] }> };
}

/** Names of the documented headers, each with its constant value. */
const headersOf = (response: Response | undefined) =>
  Object.entries(response?.headers ?? {}).map(([name, { schema }]) => [name, schema.const]);

const { app } = await createSampleApp({ auth: { authenticate: async () => undefined } });
const document = (await app.inject('/openapi.json')).json<Document>();

test('the document is valid OpenAPI 3.1', async () => {
  assert.equal(document.openapi, '3.1.0');
  const { valid, errors } = await new Validator().validate(document);
  assert.ok(valid, JSON.stringify(errors));
});

test('every reference resolves to a component', () => {
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)];
  assert.ok(references.length > 0);
  for (const [, name = ''] of references) assert.ok(document.components.schemas[name], name);
});

test('the document has the service and its routes, but not the routes of the document itself', () => {
  assert.deepEqual(document.info, { title: 'sample', version: '1.2.3', description: 'Things' });
  assert.deepEqual(Object.keys(document.paths).sort(), ['/health', '/ready', '/things', '/things/{id}']);
});

test('input, responses, problems and scope of a route are documented', () => {
  const put = document.paths['/things/{id}']?.['put'];
  assert.deepEqual(put?.security, [{ bearer: ['things:write'] }]);
  assert.deepEqual(put.requestBody?.content['application/json']?.schema, {
    $ref: '#/components/schemas/ThingInput',
  });
  assert.deepEqual(document.components.schemas['ThingInput']?.required, ['name', 'price']);
  assert.deepEqual(document.components.schemas['Thing']?.required, ['name', 'price', 'tags']);
  assert.deepEqual(Object.keys(put.responses), [
    '200',
    '400',
    '401',
    '403',
    '413',
    '415',
    '429',
    '503',
    'default',
  ]);
  assert.deepEqual(put.responses['403']?.content, {
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  });

  const { parameters, responses } = document.paths['/things/{id}']?.['get'] ?? { responses: {} };
  assert.deepEqual(parameters?.map(({ name, in: where, required }) => [name, where, required]).sort(), [
    ['id', 'path', true],
    ['if-none-match', 'header', false],
  ]);
  assert.equal(responses['304']?.description, 'Not modified');
  for (const status of ['200', '304'])
    assert.deepEqual(headersOf(responses[status]), [
      ['Cache-Control', 'private, no-store'],
      ['ETag', undefined],
    ]);
  assert.deepEqual(headersOf(responses['429']), [['Retry-After', undefined]]);
  assert.ok(responses['404']);

  const patch = document.paths['/things/{id}']?.['patch'];
  assert.deepEqual(Object.keys(patch?.requestBody?.content ?? {}).sort(), [
    'application/json',
    'application/merge-patch+json',
  ]);
  const limit = document.paths['/things']?.['get']?.parameters?.find(({ name }) => name === 'limit');
  assert.deepEqual(limit?.schema, { default: 20, type: 'integer', minimum: 1, maximum: 100 });
});

test('a query parameter that may be empty is documented as such', async () => {
  const { app } = await createSampleApp();
  const querystring = z.object({ page: emptyAsAbsent(queryInteger(z.int().default(1))).describe('Page') });
  app.get('/pages', { schema: { querystring } }, async ({ query }) => query);
  const { paths } = (await app.inject('/openapi.json')).json<Document>();
  assert.deepEqual(paths['/pages']?.['get']?.parameters, [
    {
      name: 'page',
      in: 'query',
      required: false,
      description: 'Page',
      allowEmptyValue: true,
      schema: { type: 'integer', default: 1 },
    },
  ]);
  assert.deepEqual((await app.inject('/pages?page=')).json(), { page: 1 });
});

test('a creation has a Location and a tag, and a route its own caching (security 13)', async () => {
  const { app } = await createSampleApp();
  const schema = { response: { 200: z.object({}), 201: z.object({}) } };
  app.post('/made', { schema, config: { cacheControl: 'public, max-age=1' } }, async () => ({}));
  const { paths } = (await app.inject('/openapi.json')).json<Document>();
  const { responses } = paths['/made']?.['post'] ?? { responses: {} };
  const caching = ['Cache-Control', 'public, max-age=1'];
  assert.deepEqual(headersOf(responses['200']), [caching]);
  assert.deepEqual(headersOf(responses['201']), [caching, ['ETag', undefined], ['Location', undefined]]);
});

test('media types of a route are documented as texts, beside JSON; test apps do not check texts by its schema', async () => {
  const { app } = await createSampleApp();
  const schema = { response: { 200: z.object({ a: z.int() }) } };
  app.get('/table', { schema, config: { mediaTypes: ['text/csv'] } }, async (request, reply) => {
    const text = request.headers.accept === 'text/csv' ? 'a\n1' : '{"a":"1"}';
    reply.header('content-type', request.headers.accept).serializer(() => text);
    return { a: 1 };
  });
  const { paths } = (await app.inject('/openapi.json')).json<Document>();
  assert.deepEqual(paths['/table']?.['get']?.responses['200']?.content?.['text/csv'], {
    schema: { type: 'string' },
  });
  assert.ok(paths['/table']?.['get']?.responses['200']?.content?.['application/json']);
  const statusOf = async (accept: string) =>
    (await app.inject({ url: '/table', headers: { accept } })).statusCode;
  assert.deepEqual([await statusOf('text/csv'), await statusOf('application/json')], [200, 500]);
});

test('the documentation page loads nothing from other hosts', async () => {
  const page = await app.inject('/docs');
  assert.equal(page.statusCode, 200);
  const sources = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => source);
  assert.ok(sources.length > 2);
  for (const source of sources) {
    assert.match(source, /^\/docs\/static\//);
    assert.equal((await app.inject(source)).statusCode, 200, source);
  }
});
