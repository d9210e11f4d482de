import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFacts, sbomOf } from '@tandem/bundle/sbom';
import { schemaErrors } from './validate.ts';

test('a bill of materials is as the schema of CycloneDX says, and what is not is found (security 17)', async () => {
  const facts = await readFacts();
  const included = ['node_modules/zod/index.js', 'node_modules/@fastify/swagger-ui/index.js'];
  const bom = sbomOf('product', { included }, facts);
  assert.equal(await schemaErrors(JSON.stringify(bom)), undefined);
  const digest = `${facts.image.replace(/@.*/, '')}@sha256:${'a'.repeat(64)}`;
  assert.equal(
    await schemaErrors(JSON.stringify(sbomOf('product', { included }, { ...facts, image: digest }))),
    undefined,
  );
  for (const wrong of [
    { ...bom, bomFormat: 'other' },
    { ...bom, components: [...bom.components, ...bom.components] },
    { ...bom, components: [{ name: 'x' }] },
    { ...bom, unknown: 1 },
  ])
    assert.ok(await schemaErrors(JSON.stringify(wrong)), Object.keys(wrong).join());
});
