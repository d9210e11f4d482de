import type { App } from '@tandem/chassis/http/types';
import { allowsWrite, parsePreconditions, versionTag } from '@tandem/chassis/http/preconditions';
import { noBody } from '@tandem/chassis/http/schema';
import { hasResponse, transactIdempotently } from '@tandem/storage/idempotent-transaction';
import type { Table } from '@tandem/storage/table';
import type { FastifyReply } from 'fastify';
import type { Products, WrittenProduct } from '../application/products.ts';
import type { Precondition } from '../domain/edit-product.ts';
import type { StockChange } from '../domain/stock.ts';
import * as costs from './costs.ts';
import * as parameters from './parameters.ts';
import * as schemas from './schemas.ts';

export interface WritesDeps {
  readonly products: Products;
  readonly table: Table;
  /** Requests a snapshot of the whole catalog with this id. */
  readonly requestSnapshot: (snapshotId: string) => Promise<void>;
  readonly newId: () => string;
}

/** Writes of the catalog, which require the scope `products:write`. */
export function registerWrites(app: App, { products, table, requestSnapshot, newId }: WritesDeps): void {
  const scope = 'products:write';

  app.post(
    '/products',
    {
      schema: { summary: 'Create a product', body: schemas.newProduct, response: { 201: schemas.product } },
      config: { scope, cost: costs.write, problems: [409] },
    },
    async ({ idempotent, body: { productId = newId(), inventory, ...content } }, reply) => {
      const written = await products.create(idempotent, productId, { content, inventory });
      reply.code(201).header('location', `/products/${written.product.productId}`);
      return respond(reply, written);
    },
  );

  app.put(
    '/products/:productId',
    {
      schema: {
        summary: 'Create a product, or replace its content and leave its stock',
        params: parameters.writableById,
        headers: parameters.conditionalWrite,
        body: schemas.productReplacement,
        response: { 200: schemas.product, 201: schemas.product },
      },
      config: { scope, cost: costs.write, problems: [412] },
    },
    async ({ params: { productId }, headers, body }, reply) => {
      const { inventory, productId: _, onHand, held, version, createdAt, updatedAt, ...content } = body;
      const written = await products.replace(productId, { content, inventory }, preconditionOf(headers));
      reply.code(written.outcome === 'created' ? 201 : 200);
      return respond(reply, written);
    },
  );

  app.patch(
    '/products/:productId',
    {
      schema: {
        summary: "Change some fields of a product's content (JSON merge patch, RFC 7396)",
        params: parameters.byId,
        headers: parameters.conditionalWrite,
        consumes: ['application/merge-patch+json', 'application/json'],
        body: schemas.productPatch,
        response: { 200: schemas.product },
      },
      config: { scope, cost: costs.write, problems: [404, 412] },
    },
    async ({ params: { productId }, headers, body }, reply) =>
      respond(reply, await products.patch(productId, body, preconditionOf(headers))),
  );

  app.delete(
    '/products/:productId',
    {
      schema: {
        summary: 'Delete a product',
        params: parameters.byId,
        headers: parameters.conditionalWrite,
        response: { 204: noBody('Deleted') },
      },
      config: { scope, cost: costs.write, problems: [404, 412] },
    },
    async ({ params: { productId }, headers }, reply) => {
      const version = await products.delete(productId, preconditionOf(headers));
      reply.request.audit = { version };
      return reply.code(204).send();
    },
  );

  app.post(
    '/products/:productId/stock',
    {
      schema: {
        summary: 'Record a delivery or a loss, or a count of the stock on hand',
        params: parameters.byId,
        headers: parameters.conditionalWrite,
        body: schemas.stockChange,
        response: { 200: schemas.product },
      },
      config: { scope, cost: costs.write, problems: [404, 409, 412] },
    },
    async ({ idempotent, params: { productId }, headers, body }, reply) => {
      const { delta, onHand = 0, expectedOnHand } = body;
      const change: StockChange = delta === undefined ? { onHand, expectedOnHand } : { delta };
      const precondition = preconditionOf(headers);
      return respond(reply, await products.changeStock(idempotent, productId, change, precondition));
    },
  );

  app.post(
    '/products/snapshots',
    {
      schema: {
        summary: 'Publish a snapshot of the catalog, for consumers that are new or need a backfill',
        response: { 202: schemas.snapshotStarted },
      },
      config: { scope },
    },
    async ({ idempotent }, reply) => {
      const snapshotId = idempotent?.id ?? newId();
      // Enqueued before the idempotency key is stored: a retry may request the snapshot twice, but it is never lost.
      if (!(await hasResponse(table, idempotent))) await requestSnapshot(snapshotId);
      const response = await transactIdempotently(table, idempotent, [], () => ({
        response: { snapshotId },
        writes: [],
      }));
      reply.request.audit = { resource: response.snapshotId };
      return reply.code(202).send(response);
    },
  );
}

function respond(reply: FastifyReply, { product, contentVersion }: WrittenProduct) {
  reply.request.audit = { resource: product.productId, version: product.version };
  reply.header('etag', versionTag(contentVersion));
  return product;
}

function preconditionOf(headers: Parameters<typeof parsePreconditions>[0]): Precondition {
  const preconditions = parsePreconditions(headers);
  return (contentVersion) =>
    allowsWrite(preconditions, contentVersion === undefined ? undefined : versionTag(contentVersion));
}
