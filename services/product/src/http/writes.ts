import type { App } from '@tandem/chassis/http/types';
import { allowsWrite, parsePreconditions, versionTag } from '@tandem/chassis/http/preconditions';
import type { IdempotentRequest } from '@tandem/chassis/http/idempotency';
import { noBody } from '@tandem/chassis/http/schema';
import { isAnswered, transactOnce } from '@tandem/storage/once';
import { put, type Table } from '@tandem/storage/table';
import {
  adjustStock,
  createProduct,
  deleteProduct,
  patchProduct,
  type Precondition,
  type Product,
  type ProductDecision,
  type ProductPatch,
  replaceProduct,
  type StoredProduct,
} from '../domain/product.ts';
import { productKey } from '../store/kinds.ts';
import * as schemas from './schemas.ts';

export interface WritesDeps {
  readonly table: Table;
  /** Asks for a snapshot of the whole catalog under this id. */
  readonly requestSnapshot: (snapshotId: string) => Promise<void>;
  readonly newId: () => string;
  /** RFC 3339, UTC. */
  readonly now: () => string;
}

/** The writes of the catalog: each needs the scope `products:write`. */
export function registerWrites(app: App, { table, requestSnapshot, newId, now }: WritesDeps): void {
  const scope = 'products:write';

  const writeOnce = (
    request: IdempotentRequest | undefined,
    productId: string,
    decide: (current: StoredProduct | undefined) => ProductDecision,
  ): Promise<Product> =>
    transactOnce(table, request, [productKey(productId)], (read) => {
      const { state, events } = decide(read.get(productKey(productId)));
      return { answer: state, writes: [put(productKey(productId), state, events)] };
    });

  app.post(
    '/products',
    {
      schema: { summary: 'Create a product', body: schemas.newProduct, response: { 201: schemas.product } },
      config: { scope, problems: [409] },
    },
    async ({ idempotent, body: { productId = newId(), ...input } }, reply) => {
      const product = await writeOnce(idempotent, productId, (current) =>
        createProduct(current, productId, input, now()),
      );
      return reply
        .code(201)
        .header('location', `/products/${product.productId}`)
        .header('etag', versionTag(product.version))
        .send(product);
    },
  );

  app.put(
    '/products/:productId',
    {
      schema: {
        summary: 'Create or replace a product',
        params: schemas.writableById,
        headers: schemas.conditionalWrite,
        body: schemas.productInput,
        response: { 200: schemas.product, 201: schemas.product },
      },
      config: { scope, problems: [412] },
    },
    async ({ params: { productId }, headers, body }, reply) => {
      const { state, events } = await table.update(productKey(productId), (current) =>
        replaceProduct(current, productId, body, now(), preconditionOf(headers)),
      );
      const created = events.some(({ eventType }) => eventType === 'ProductCreated');
      return reply
        .code(created ? 201 : 200)
        .header('etag', versionTag(state.version))
        .send(state);
    },
  );

  app.patch(
    '/products/:productId',
    {
      schema: {
        summary: 'Change some fields of a product (JSON merge patch, RFC 7396)',
        params: schemas.byId,
        headers: schemas.conditionalWrite,
        consumes: ['application/merge-patch+json', 'application/json'],
        body: schemas.productPatch,
        response: { 200: schemas.product },
      },
      config: { scope, problems: [404, 412] },
    },
    async ({ params: { productId }, headers, body }, reply) => {
      const patch: ProductPatch = body;
      const { state } = await table.update(productKey(productId), (current) =>
        patchProduct(current, productId, patch, now(), preconditionOf(headers)),
      );
      return reply.header('etag', versionTag(state.version)).send(state);
    },
  );

  app.delete(
    '/products/:productId',
    {
      schema: {
        summary: 'Delete a product',
        params: schemas.byId,
        headers: schemas.conditionalWrite,
        response: { 204: noBody('Deleted') },
      },
      config: { scope, problems: [404, 412] },
    },
    async ({ params: { productId }, headers }, reply) => {
      await table.update(productKey(productId), (current) =>
        deleteProduct(current, productId, now(), preconditionOf(headers)),
      );
      return reply.code(204).send();
    },
  );

  app.post(
    '/products/:productId/stock',
    {
      schema: {
        summary: 'Add to the stock, or take from it with a negative delta',
        params: schemas.byId,
        body: schemas.stockChange,
        response: { 200: schemas.product },
      },
      config: { scope, problems: [404, 409] },
    },
    async ({ idempotent, params: { productId }, body: { delta } }, reply) => {
      const product = await writeOnce(idempotent, productId, (current) =>
        adjustStock(current, productId, delta, now()),
      );
      return reply.header('etag', versionTag(product.version)).send(product);
    },
  );

  app.post(
    '/products/snapshots',
    {
      schema: {
        summary: 'Publish every product anew, for consumers that missed some or are new',
        response: { 202: schemas.snapshotStarted },
      },
      config: { scope },
    },
    async ({ idempotent }, reply) => {
      const snapshotId = idempotent?.id ?? newId();
      // Asked for before it is noted: who repeats the request may have it asked for again, but never not at all.
      if (!(await isAnswered(table, idempotent))) await requestSnapshot(snapshotId);
      const answer = await transactOnce(table, idempotent, [], () => ({
        answer: { snapshotId },
        writes: [],
      }));
      return reply.code(202).send(answer);
    },
  );
}

function preconditionOf(headers: Parameters<typeof parsePreconditions>[0]): Precondition {
  const preconditions = parsePreconditions(headers);
  return (version) => allowsWrite(preconditions, version === undefined ? undefined : versionTag(version));
}
