const promises = [
  {
    title: 'What is committed is told',
    says: 'The events of a change are stored in the item that changes: both are there or neither is. A relay publishes them from the table, at least once, whatever dies whenever.',
  },
  {
    title: 'An effect happens once',
    says: 'Events may come twice, late, or in another order. A consumer applies one only if its version is newer than what it has, so all ways end in the same state.',
  },
  {
    title: 'Neither service calls the other',
    says: 'Cart fills its own copy of the catalog from events alone, and Product works while Cart is away, and the other way round.',
  },
  {
    title: 'Stock is never below zero and never lost',
    says: 'At rest, the held units are those that open carts hold, and the stock on hand is what was counted and delivered, less what was checked out.',
  },
] as const;

/** How the system works, for somebody who has a minute. */
export function Minute() {
  return (
    <section class="minute" aria-labelledby="minute-title">
      <h2 id="minute-title">How it works, in a minute</h2>
      <div class="prose">
        <p>
          <b class="product-ink">Product</b> keeps the catalog and the stock. <b class="cart-ink">Cart</b>{' '}
          keeps what people are about to buy. Each writes to its own table only, and each tells the other what
          happened by events: a relay takes them from the table to a topic, the topic to the other's queue.
        </p>
        <p>
          A product that goes into a cart becomes an event, on which Product holds the units for a while; a
          hold that expires makes them available again. A price that changes becomes an event, after which
          every open cart shows the new price beside the old one. Nothing is sold at a price that the buyer
          has not seen, or out of stock that is not held.
        </p>
      </div>
      <ol class="promises">
        {promises.map(({ title, says }) => (
          <li key={title}>
            <h3>{title}</h3>
            <p>{says}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}
