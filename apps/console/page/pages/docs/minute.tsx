import { accentOf } from '../../parts/accent.ts';

const promises = [
  [
    'Every committed change is published',
    'Transactional outbox: the events of a change are stored atomically with it, in the same item. A relay publishes them from the change stream at least once, even if any process crashes at any point.',
  ],
  [
    'Consumers are idempotent',
    'Events may arrive twice, late, or out of order. A consumer applies an event only if its version is newer than the stored one, so all orders end in the same state.',
  ],
  [
    'No service calls another',
    'Cart maintains a read model of the catalog from events alone. Each service keeps working while the others are down.',
  ],
  [
    'Stock is never below zero and never lost',
    'Once all events are applied, held units equal those of open carts, and stock on hand equals counts and deliveries minus checkouts.',
  ],
] as const;

/** Overview of how the system works. */
export function Minute() {
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
      <ol class="columns">
        {promises.map(([title, text]) => (
          <li key={title}>
            <h3>{title}</h3>
            <p class="quiet">{text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
