import { about } from '../../live.ts';

/** Where the APIs describe themselves, for people and for programs. */
export function Documents() {
  const urls = about.value?.urls;
  return (
    <section aria-labelledby="documents-title">
      <h2 id="documents-title">The APIs</h2>
      {urls ? (
        <div class="columns">
          <Api
            name="Product"
            kind="product"
            url={urls.product}
            says="Products, prices, stock, import, snapshots"
          />
          <Api
            name="Cart"
            kind="cart"
            url={urls.cart}
            says="Carts, lines, holds, prices to accept, merge, checkout, orders"
          />
        </div>
      ) : (
        <p>
          Both services describe themselves at <code>/docs</code> and <code>/openapi.json</code> of their own
          addresses. <code>npm start</code> prints those of a system on this machine.
        </p>
      )}
    </section>
  );
}

interface ApiProps {
  readonly name: string;
  readonly kind: 'product' | 'cart';
  readonly url: string;
  readonly says: string;
}

function Api({ name, kind, url, says }: ApiProps) {
  return (
    <div class={`sheet api ${kind}`}>
      <h3 class={`${kind}-ink`}>{name}</h3>
      <p class="quiet">{says}</p>
      <p class="row">
        <a href={`${url}/docs`}>Read and try the {name} API</a>
        <a href={`${url}/openapi.json`}>{name}'s OpenAPI as JSON</a>
      </p>
    </div>
  );
}
