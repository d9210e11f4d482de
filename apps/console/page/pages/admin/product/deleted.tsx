import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { createActionState } from '../../../actions.ts';
import { Problem } from '../../../api.ts';
import type { Product } from '../../../commerce.ts';
import { linkTo } from '../../../parts/address.ts';
import { Button, ErrorNotice } from '../../../parts/controls.tsx';
import { counted } from '../../../parts/format.ts';
import { restoreProduct } from './product.ts';

/** Products that were deleted on this page and may be restored, newest first. */
const deleted = signal<readonly Product[]>([]);
/** Product that was restored last. */
const restored = signal<Product | undefined>(undefined);
const actions = createActionState();

/** Offers to restore a product that was deleted. */
export function offerUndo(product: Product): void {
  restored.value = undefined;
  deleted.value = [product, ...deleted.value.filter(({ productId }) => productId !== product.productId)];
}

function forget({ productId }: Product): void {
  deleted.value = deleted.value.filter((other) => other.productId !== productId);
}

async function undo(product: Product): Promise<void> {
  const isDone = await actions.run(product.productId, async () => {
    await restoreProduct(product).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'product-exists') throw error;
      throw new Error('A product with this id was created meanwhile. Nothing was restored.', {
        cause: error,
      });
    });
  });
  if (!isDone) return;
  forget(product);
  restored.value = product;
}

/** Notices of deleted products, each with a button that restores it. */
export function DeletedNotices() {
  useEffect(() => () => void (restored.value = undefined), []);
  return (
    <div role="status">
      {deleted.value.map((product) => (
        <DeletedNotice key={product.productId} product={product} />
      ))}
      {restored.value && (
        <p class="notice good">
          <a href={linkTo('admin', `product/${restored.value.productId}`)}>{restored.value.name}</a> is back,
          with {counted(restored.value.onHand, 'unit')} on hand.
        </p>
      )}
    </div>
  );
}

function DeletedNotice({ product }: { readonly product: Product }) {
  const { productId, name, onHand, held } = product;
  return (
    <div class="notice">
      <p>
        {name} was deleted. Undo restores its fields and its stock of {counted(onHand, 'unit')}
        {held > 0 &&
          `, but not the ${counted(held, 'unit')} that carts held: those carts have to reserve them again`}
        .
      </p>
      <ErrorNotice message={actions.errorOf(productId)} />
      <p class="row">
        <Button
          label={`Undo the deletion of ${name}`}
          isDisabled={actions.isPending(productId)}
          onPress={() => void undo(product)}
        >
          Undo
        </Button>
        <Button isQuiet label={`Dismiss: ${name} was deleted`} onPress={() => forget(product)}>
          Dismiss
        </Button>
      </p>
    </div>
  );
}
