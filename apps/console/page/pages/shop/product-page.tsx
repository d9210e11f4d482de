import { Problem, request, type RequestOptions } from '../../api.ts';
import { type Product, productPath } from '../../commerce.ts';
import { address, linkTo } from '../../parts/address.ts';
import { ErrorNotice } from '../../parts/controls.tsx';
import { accentOf } from '../../parts/topology.ts';
import { useRead } from '../../query.ts';
import { AddToCart, Offer } from './product-card.tsx';
import { ProductImage } from './product-image.tsx';

/** Page of a product; price and stock follow events. */
export function ProductPage({ productId }: { readonly productId: string }) {
  const { data, error } = useRead(['product', productId], (options) => readProduct(productId, options));
  const catalog = linkTo('shop', '', Object.fromEntries(address.value.parameters));
  return (
    <article class={`product ${accentOf('product')}`}>
      <p class="small">
        <a href={catalog}>← All products</a>
      </p>
      {data === undefined && <ErrorNotice message={error?.message} />}
      {data === null && (
        <>
          <h1>Product not found</h1>
          <p>This product is not sold, or not any more.</p>
        </>
      )}
      {data && <Details product={data} />}
    </article>
  );
}

function Details({ product }: { readonly product: Product }) {
  const { name, category, description, maxPerCart } = product;
  return (
    <div class="details">
      <ProductImage product={product} />
      <div>
        <p class="small category">{category ?? 'No category'}</p>
        <h1>{name}</h1>
        <Offer product={product} />
        <AddToCart product={product} />
        {maxPerCart !== undefined && <p class="small">At most {maxPerCart} in one cart.</p>}
        {description !== undefined && <p class="description">{description}</p>}
      </div>
    </div>
  );
}

/** Reads a product with its description; null if it does not exist. */
async function readProduct(productId: string, options: RequestOptions): Promise<Product | null> {
  try {
    return (await request<Product>(productPath(productId), options)).body;
  } catch (error) {
    if (error instanceof Problem && (error.status === 404 || error.status === 400)) return null;
    throw error;
  }
}
