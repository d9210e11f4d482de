import { describe } from 'node:test';
import { additionalReadsConform } from './conformance/additional-reads.ts';
import { changesConform } from './conformance/changes.ts';
import type { Store } from './conformance/fixtures.ts';
import { inboxConforms } from './conformance/inbox.ts';
import { itemsConform } from './conformance/items.ts';
import { idempotencyConforms } from './conformance/idempotency.ts';
import { queriesConform } from './conformance/queries.ts';
import { scansConform } from './conformance/scans.ts';
import { transactionsConform } from './conformance/transactions.ts';

/**
 * Conformance tests of a store. `open` creates an empty store with the index `byGroup`, which each test closes.
 */
export function conformance(name: string, open: () => Promise<Store>): void {
  describe(`${name} conforms`, () => {
    describe('items', () => itemsConform(open));
    describe('transactions', () => transactionsConform(open));
    describe('additional reads', () => additionalReadsConform(open));
    describe('idempotency keys', () => idempotencyConforms(open));
    describe('inbox', () => inboxConforms(open));
    describe('queries', () => queriesConform(open));
    describe('scans', () => scansConform(open));
    describe('changes', () => changesConform(open));
  });
}
