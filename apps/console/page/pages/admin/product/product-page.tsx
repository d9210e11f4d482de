import { useMemo } from 'preact/hooks';
import { createActionState } from '../../../actions.ts';
import { Problem } from '../../../api.ts';
import { goTo, linkTo } from '../../../parts/address.ts';
import { Button, ErrorNotice } from '../../../parts/controls.tsx';
import { formatMoney } from '../../../parts/format.ts';
import { accentOf } from '../../../parts/topology.ts';
import { useRead } from '../../../query.ts';
import { isOperator } from '../../../session.ts';
import { refreshProducts } from '../catalog/catalog.ts';
import { Heading } from '../heading.tsx';
import { Thumbnail } from '../thumbnail.tsx';
import { offerUndo } from './deleted.tsx';
import { EditForm } from './edit-form.tsx';
import { HoldsPanel } from './holds.tsx';
import { deleteProduct, isOutdated, keyOf, readProduct, type TaggedProduct } from './product.ts';
import { StockPanel } from './stock-form.tsx';

/** A product: its fields, its stock, who holds it, and its deletion. */
export function ProductPage({ productId }: { readonly productId: string }) {
  const { data, error } = useRead(keyOf(productId), (options) => readProduct(productId, options));
  if (error instanceof Problem && error.status === 404)
    return (
      <>
        <Heading>Product not found</Heading>
        <p class="notice">
          There is no product with the id “{productId}”. It may have been deleted.{' '}
          <a href={linkTo('admin')}>All products</a>
        </p>
      </>
    );
  if (!data) return error ? <ErrorNotice message={error.message} /> : <p class="quiet">Loading …</p>;
  const { name, imageUrl, price, currency } = data.product;
  return (
    <>
      <p class="small">
        <a href={linkTo('admin')}>All products</a>
      </p>
      <div class="row product-title">
        <Thumbnail name={name} imageUrl={imageUrl} />
        <div>
          <Heading>{name}</Heading>
          <p class="small">
            {formatMoney(price, currency)} · id {productId}
          </p>
        </div>
      </div>
      <ErrorNotice message={error?.message} />
      <div class={`columns ${accentOf('product')}`}>
        <section class="panel accent-edge" aria-labelledby="fields-title">
          <h2 id="fields-title">Fields</h2>
          <EditForm current={data} />
        </section>
        <div class="stack">
          <StockPanel product={data.product} />
          <HoldsPanel productId={productId} held={data.product.held} />
          <p>
            <a href={linkTo('admin', `latency/${productId}`)}>Measure how fast a change reaches a cart</a>
          </p>
          <DeletePanel current={data} />
        </div>
      </div>
    </>
  );
}

function DeletePanel({ current }: { readonly current: TaggedProduct }) {
  const actions = useMemo(createActionState, []);
  const { product } = current;
  const remove = async () => {
    const isDone = await actions.run('delete', async () => {
      await deleteProduct(current).catch((error: unknown) => {
        if (!isOutdated(error)) throw error;
        throw new Error('The product was changed just now. Look at it, then delete it again.', {
          cause: error,
        });
      });
    });
    if (!isDone) return;
    offerUndo(product);
    goTo(linkTo('admin'));
    await refreshProducts([product.productId]).catch(() => undefined);
  };
  return (
    <section class="panel" aria-labelledby="delete-title">
      <h2 id="delete-title">Delete</h2>
      <p class="small">
        Customers cannot buy it any more, and carts that hold it lose their units. Orders keep it. You can
        undo this.
      </p>
      <Button
        isQuiet
        isDisabled={!isOperator.value || actions.isPending('delete')}
        onPress={() => void remove()}
      >
        Delete this product
      </Button>
      <ErrorNotice message={actions.errorOf('delete')} />
    </section>
  );
}
