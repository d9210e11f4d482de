import { topology } from '@tandem/contracts/topology';
import type { Step } from '../server/protocol.ts';
import { coalesce } from './actions.ts';
import { onStep } from './live.ts';
import { queries } from './query.ts';
import { onRecovery } from './recovery.ts';

/** Delay in which consecutive steps are coalesced into one refresh, in milliseconds. */
const COALESCE_MS = 50;

/** First parts of the keys of reads that follow events; a second part is the id of a product. */
const all = ['catalog', 'products', 'product', 'cart', 'orders', 'holds', 'observed'] as const;
type Followed = (typeof all)[number];

/** Events that change what a list of all products has, in which stock may be old. */
const LISTED: ReadonlySet<string> = new Set(['ProductCreated', 'ProductEdited', 'ProductDeleted']);

/** Reads whose result a step makes old. */
export function outdatedBy(step: Step): readonly Followed[] {
  if (step.kind === 'published') {
    // Product has committed what it publishes; what Cart publishes may be a checkout, or a change by another tab.
    if (step.topic === 'cart-events-topic') return ['cart', 'orders'];
    return LISTED.has(step.eventType)
      ? ['catalog', 'products', 'product', 'holds']
      : ['products', 'product', 'holds'];
  }
  if (step.kind !== 'applied') return [];
  // Cart has applied what a cart shows; Product what its stock and its holds show.
  return topology.queues[step.queue].consumer === 'cart'
    ? ['cart', 'observed']
    : ['products', 'product', 'holds'];
}

/**
 * Repeats the reads on screen when an event has changed their results, and all of them once the connection or a service has
 * recovered. Reads that are not on screen are repeated when they are shown again.
 */
export function refreshOnEvents(): void {
  const kinds = new Set<string>();
  const productIds = new Set<string>();
  const refresh = coalesce(async () => {
    const [outdated, changed] = [new Set(kinds), new Set(productIds)];
    kinds.clear();
    productIds.clear();
    await queries.invalidateQueries({
      predicate: ({ queryKey: [kind, id] }) =>
        outdated.has(kind as string) && (kind !== 'product' || changed.has(id as string)),
    });
  }, COALESCE_MS);
  onStep((step) => {
    const outdated = outdatedBy(step);
    if (outdated.length === 0) return;
    for (const kind of outdated) kinds.add(kind);
    if ('productId' in step && step.productId !== undefined) productIds.add(step.productId);
    refresh();
  });
  onRecovery(() => void queries.invalidateQueries());
}
