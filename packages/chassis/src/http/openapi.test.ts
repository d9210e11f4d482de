import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { createSampleApp } from './testing.ts';

interface Operation {
  security?: unknown;
  parameters?: { name: string; in: string; required: boolean; schema: unknown }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

interface Document {
  [member: string]: unknown;
  openapi: string;
  info: unknown;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { required?: string[] }> };
}

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
  assert.deepEqual(responses['304'], { description: 'Not modified' });
  assert.ok(responses['404']);

  const patch = document.paths['/things/{id}']?.['patch'];
  assert.deepEqual(Object.keys(patch?.requestBody?.content ?? {}).sort(), [
    'application/json',
    'application/merge-patch+json',
  ]);
  const limit = document.paths['/things']?.['get']?.parameters?.find(({ name }) => name === 'limit');
  assert.deepEqual(limit?.schema, { default: 20, type: 'integer', minimum: 1, maximum: 100 });
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
