import { topology } from '@tandem/contracts/topology';
import { capitalized } from '../../parts/format.ts';
import { runningServices } from '../../parts/running.ts';
import { accentOf } from '../../parts/topology.ts';
import './docs.css';
import { Events } from './events.tsx';

/** Docs page: overview, API documentation and events. */
export default function Docs() {
  return (
    <>
      <h1>Docs</h1>
      <p class="lead">How the system works, its APIs and its events.</p>
      <Minute />
      <Apis />
      <Events />
    </>
  );
}

/** Overview of how the system works. */
function Minute() {
  return (
    <section aria-labelledby="minute-title">
      <h2 id="minute-title">How it works, in a minute</h2>
      <p>
        <b class={`accent-ink ${accentOf('product')}`}>Product</b> owns the catalog and the stock.{' '}
        <b class={`accent-ink ${accentOf('cart')}`}>Cart</b> owns the carts. Each writes to its own table
        only, and publishes its changes as events: a relay publishes them from the table to a topic, which
        delivers them to the queues that subscribe to it.
      </p>
      <p>
        When a product is added to a cart, Product consumes the event and reserves the units; a hold that
        expires makes them available again. When a price changes, Cart consumes the event, and every open cart
        shows the new price next to the old one. Checkout requires that the buyer has accepted the price and
        that the stock is held.
      </p>
    </section>
  );
}

/** Links to the documentation of each API. */
function Apis() {
  const withApi = runningServices.value.filter((service) => topology.services[service].paths.length > 0);
  return (
    <section aria-labelledby="apis-title">
      <h2 id="apis-title">APIs</h2>
      <ul>
        {withApi.map((service) => (
          <li key={service} class={accentOf(service)}>
            <b class="accent-ink">{capitalized(service)}</b> ({topology.services[service].paths.join(' ')}) :{' '}
            <a href={`/docs/${service}/`}>{capitalized(service)} API documentation</a>,{' '}
            <a href={`/docs/${service}/json`}>{capitalized(service)} OpenAPI document (JSON)</a>
          </li>
        ))}
      </ul>
    </section>
  );
}
