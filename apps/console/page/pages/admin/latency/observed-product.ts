import { computed, signal } from '@preact/signals';
import { createActionState } from '../../../actions.ts';
import type { TaggedProduct } from '../product/product.ts';

/** Product whose changes are measured, as it was read last. */
export const observed = signal<TaggedProduct | undefined>(undefined);
export const observedId = computed(() => observed.value?.product.productId);

/** Changes of products by id and name, and `poll` of the observed one. */
export const actions = createActionState();

/** Shows a product; the errors of another one are cleared with it. An older state of the same one is ignored. */
export function observe(next: TaggedProduct | undefined): void {
  const current = observed.peek();
  const isSame = current?.product.productId === next?.product.productId;
  if (isSame && current && next && next.product.version < current.product.version) return;
  if (!isSame) actions.clearErrors(() => true);
  observed.value = next;
}
