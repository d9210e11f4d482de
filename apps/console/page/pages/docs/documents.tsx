import { about } from '../../live.ts';

/** Links to the API documentation and the OpenAPI documents. */
export function Documents() {
  const urls = about.value?.urls;
  return (
    <section aria-labelledby="documents-title">
      <h2 id="documents-title">APIs</h2>
      {urls ? (
        <div class="columns">
          <Api
            name="Product"
            kind="product"
            url={urls.product}
            description="Products, prices, stock, import, snapshots"
          />
          <Api
            name="Cart"
            kind="cart"
            url={urls.cart}
            description="Carts, lines, holds, prices to accept, merge, checkout, orders"
          />
        </div>
      ) : (
        <p>
          Both services serve their documentation at <code>/docs</code> and <code>/openapi.json</code>.{' '}
          <code>npm start</code> prints their URLs.
        </p>
      )}
    </section>
  );
}

interface ApiProps {
  readonly name: string;
  readonly kind: 'product' | 'cart';
  readonly url: string;
  readonly description: string;
}

function Api({ name, kind, url, description }: ApiProps) {
  return (
    <div class={`sheet api ${kind}`}>
      <h3 class={`${kind}-ink`}>{name}</h3>
      <p class="quiet">{description}</p>
      <p class="row">
        <a href={`${url}/docs`}>{name} API documentation</a>
        <a href={`${url}/openapi.json`}>{name} OpenAPI document (JSON)</a>
      </p>
    </div>
  );
}
