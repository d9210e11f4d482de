import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asyncApiDocument } from '@tandem/contracts/asyncapi';
import { titleOf } from '@tandem/contracts/topology';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { mintToken } from '@tandem/emulators/issuer';
import { client, type ProductBody } from '../support/http.ts';
import { withSystem } from '../support/system.ts';

interface Schema {
  readonly $ref?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly type?: string;
}
interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: Schema; readonly example?: unknown }>>;
}
interface Operation {
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly required: boolean;
    readonly example?: unknown;
    readonly schema: Schema;
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}
interface Document {
  readonly info: { readonly title: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const services = ['product', 'cart', 'analytics'] as const;
const tags = { product: ['Products'], cart: ['Carts', 'Orders'], analytics: ['Analytics'] };

/** All schemas of a document that need an example, with the place of each. */
function schemasOf(document: Document): (readonly [place: string, schema: Schema, example?: unknown])[] {
  const contents = (place: string, { content = {} }: Content) =>
    Object.entries(content)
      .filter(([type]) => type.includes('json') && !type.includes('ndjson'))
      .map(([type, { schema, example }]) => [`${place} ${type}`, schema, example] as const);
  return [
    ...Object.entries(document.components.schemas),
    ...Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).flatMap(([method, { parameters = [], requestBody = {}, responses }]) => [
        ...parameters.map(
          ({ name, schema, example }) => [`${method} ${path} ${name}`, schema, example] as const,
        ),
        ...contents(`${method} ${path} body`, requestBody),
        ...Object.entries(responses).flatMap(([status, response]) =>
          contents(`${method} ${path} ${status}`, response),
        ),
      ]),
    ),
  ];
}

test('every schema of every operation has examples that are valid by it; every operation has a tag and a summary', () =>
  withSystem(async ({ urls }) => {
    for (const service of services) {
      const response = await fetch(`${urls.gateway}/docs/${service}/json`);
      const document = (await response.json()) as Document;
      assert.equal(document.info.title, `Tandem ${titleOf(service)}`);
      assert.deepEqual(
        document.servers.map(({ url }) => url),
        ['/'],
      );
      assert.deepEqual(
        document.tags.map(({ name }) => name),
        [...tags[service], 'Service'],
      );
      const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }));
      ajv.addSchema({ ...document, $id: 'document' });
      const all = schemasOf(document);
      assert.ok(all.length > 20);
      const resolved = (schema: Schema) =>
        schema.$ref === undefined ? schema : document.components.schemas[schema.$ref.split('/').at(-1) ?? ''];
      for (const [place, schema, given] of all) {
        const { examples = given === undefined ? [] : [given], ...rest } = resolved(schema) ?? {};
        const [first] = [...examples, ...(rest.enum ?? [rest.const])];
        assert.notEqual(first, undefined, `${service}: ${place} has no example`);
        const absolute = JSON.parse(JSON.stringify(rest).replaceAll('"#/', '"document#/')) as object;
        for (const example of examples)
          assert.ok(
            ajv.validate(absolute, example),
            `${service}: ${place}: ${JSON.stringify(example)}: ${ajv.errorsText()}`,
          );
      }
      for (const [path, methods] of Object.entries(document.paths)) {
        for (const [method, { tags, summary, parameters = [] }] of Object.entries(methods)) {
          assert.ok(
            document.tags.some(({ name }) => name === tags?.join()),
            `${method} ${path}`,
          );
          assert.ok(summary, `${method} ${path}`);
          for (const { required, name, example } of parameters)
            assert.equal(example !== undefined, required, `${method} ${path} ${name}`);
        }
      }
    }
  }));

test('every event has examples that are valid by its schema', () => {
  const { components } = asyncApiDocument() as {
    components: {
      messages: Record<string, { payload: object; examples: readonly { payload: unknown }[] }>;
    };
  };
  for (const [type, { payload, examples }] of Object.entries(components.messages)) {
    const ajv = formats.default(new Ajv({ strict: false }));
    assert.ok(examples.length > 0, type);
    for (const example of examples)
      assert.ok(ajv.validate(payload, example.payload), `${type}: ${ajv.errorsText()}`);
  }
});

test('M12: the example of each write of a product can be sent as it is, and makes a product that a shop would sell', () =>
  withSystem(async ({ urls }) => {
    const token = await mintToken({ subject: 'merchant', scopes: ['products:write'] });
    const { call } = client(urls.gateway, token);
    const document = (await (await fetch(`${urls.gateway}/docs/product/json`)).json()) as Document;
    const bodyOf = (method: string, path: string) =>
      document.paths[path]?.[method]?.requestBody?.content?.['application/json']?.example;
    const send = (method: string, path: string, url = path) =>
      call<ProductBody>(method, url, { body: bodyOf(method.toLowerCase(), path) });
    const first = await send('POST', '/products');
    const second = await send('POST', '/products');
    assert.deepEqual([first.status, second.status], [201, 201]);
    assert.notEqual(first.body.productId, second.body.productId);
    assert.match(first.body.name, /^[A-Z][a-z]+ /);
    assert.match(first.body.category ?? '', /^[a-z]+$/);
    assert.deepEqual(
      [first.body.currency, first.body.price > 100, first.body.inventory > 0],
      ['EUR', true, true],
    );
    const url = `/products/${first.body.productId}`;
    assert.equal((await send('PUT', '/products/{productId}', url)).status, 200);
    assert.equal((await send('PATCH', '/products/{productId}', url)).status, 200);
    assert.equal((await send('POST', '/products/{productId}/stock', `${url}/stock`)).status, 200);
  }));
