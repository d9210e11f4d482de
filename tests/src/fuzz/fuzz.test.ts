import assert from 'node:assert/strict';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import * as fc from 'fast-check';
import { Agent } from 'undici';
import { fetchOpenApi, type JsonSchema, type OpenApi } from '../support/openapi.ts';
import { withSystem } from '../support/system.ts';
import { violationsOf } from './checks.ts';
import { createKnownValues } from './known-values.ts';
import { drawRequest, type Request, weightOf } from './requests.ts';
import { createTokens } from './tokens.ts';
import { Draws, type Source } from './values.ts';

const requests = Number(process.env['FUZZ_REQUESTS'] ?? 15_000);
/** Seed of all requests: `FUZZ_SEED` repeats a run. */
const seed = Number(process.env['FUZZ_SEED'] ?? Math.trunc(Math.random() * 2 ** 31));
/** Number of requests after which each operation has succeeded. */
const ENOUGH = 5_000;

test(`the responses to ${requests} random requests follow the OpenAPI documents, and none is a 5xx`, (t) =>
  withSystem(
    async ({ urls }) => {
      t.diagnostic(`FUZZ_REQUESTS=${requests} FUZZ_SEED=${seed}`);
      const agent = new Agent({ connections: 1, headersTimeout: 10_000, bodyTimeout: 10_000 });
      t.after(() => agent.destroy());
      const services = [urls.product, urls.cart, urls.analytics].map(async (url) => ({
        url,
        api: await fetchOpenApi(url),
      }));
      const operations = (await Promise.all(services)).flatMap(({ url, api }) => {
        const validate = createValidate(api);
        return api.operations.map((operation) => ({ url, api, validate, operation }));
      });
      const operation = fc.oneof(
        ...operations.map((value) => ({ weight: weightOf(value.operation), arbitrary: fc.constant(value) })),
      );
      const tokens = await createTokens();
      const { drawKnownValues, learn } = createKnownValues();
      const counts = new Map<string, number>();

      const property = fc.asyncProperty(new Draws(), async (draw) => {
        const { url, ...documented } = draw(operation);
        const source = {
          ...documented,
          draw,
          isWild: draw(fc.boolean()),
          knownValues: drawKnownValues(draw, documented.operation),
        };
        const request = drawRequest(source, documented.operation, tokens);
        const response = await send(agent, url, request);
        const violations = violationsOf(request, response, documented.validate);
        if (violations.length > 0)
          assert.fail(
            `${violations.join('; ')}\n${textOf(url, request)}\n${response.status} ${response.text}`,
          );
        const { method, path } = request.operation;
        const name = `${method} ${path} ${response.status}`;
        if (request.method === method) counts.set(name, (counts.get(name) ?? 0) + 1);
        if (response.status < 300) learn(request, response);
      });
      const { errorInstance } = await fc.check(property, { numRuns: requests, seed, endOnFailure: true });
      if (errorInstance) throw errorInstance;
      for (const [name, count] of [...counts].toSorted(([a], [b]) => a.localeCompare(b)))
        t.diagnostic(`${name} ×${count}`);
      const unsuccessful = operations
        .map(({ operation: { method, path } }) => `${method} ${path} 2`)
        .filter((prefix) => ![...counts.keys()].some((name) => name.startsWith(prefix)));
      if (requests >= ENOUGH) assert.deepEqual(unsuccessful, [], 'operations that never succeeded');
    },
    {},
    // The test itself checks responses by their schemas.
    { validateResponses: false },
  ));

/** Sends a request unchanged: `fetch` would normalise its path. */
async function send(agent: Agent, origin: string, { method, target, headers, body }: Request) {
  const options = { origin, path: target, method: method as 'GET', headers, body: body ?? null };
  const { statusCode: status, headers: received, body: stream } = await agent.request(options);
  const decompress = { gzip: gunzipSync, br: brotliDecompressSync }[String(received['content-encoding'])];
  const bytes = Buffer.from(await stream.arrayBuffer());
  return { status, headers: received, text: String(decompress?.(bytes) ?? bytes) };
}

/** Text of a request without its token. */
function textOf(
  url: string,
  { method, target, headers: { authorization, ...headers }, body }: Request,
): string {
  const parts = [headers, authorization?.slice(0, 15), body?.toString('latin1')];
  return `${method} ${url}${target} ${parts.map((part) => JSON.stringify(part)).join(' ')}`;
}

/** Creates validators for the schemas of a document. */
function createValidate({ schemas }: OpenApi): Source['validate'] {
  const ajv = new Ajv2020({ strict: false, logger: false });
  addFormats.default(ajv);
  const compiled = new WeakMap<JsonSchema, ValidateFunction>();
  return (schema) => {
    const validate = compiled.get(schema) ?? ajv.compile({ ...schema, components: { schemas } });
    compiled.set(schema, validate);
    return validate;
  };
}
