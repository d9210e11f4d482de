import type { TopicName } from '@tandem/contracts/topology';
import { useEffect, useState } from 'preact/hooks';
import { onStep } from '../../live.ts';
import { accentOf } from '../../parts/topology.ts';

/** What the system is, and what to try. */
export function Hero() {
  return (
    <header class="hero">
      <div>
        <h1>A shop of two services that only talk by events.</h1>
        <p class="lead">
          Buy something, then follow the event. Or change a price under <a href="#/admin">Admin</a> and watch
          the cart, or kill a service under <a href="#/faults">Faults</a> and see it recover.
        </p>
      </div>
      <Services />
    </header>
  );
}

/** Duration of a dot's way in milliseconds, as in shop.css. */
const TRAVEL_MS = 1_200;

/** Number of events of a topic that are shown as dots: one at a time. */
function useDots(topic: TopicName): number {
  const [count, setCount] = useState(0);
  useEffect(() => {
    let lastAt = 0;
    return onStep((step) => {
      const now = Date.now();
      if (step.kind !== 'published' || step.topic !== topic || now - lastAt < TRAVEL_MS) return;
      lastAt = now;
      setCount((dots) => dots + 1);
    });
  }, [topic]);
  return count;
}

/** Product and Cart, and a dot between them for each event, as a link to the live picture. */
function Services() {
  const there = useDots('product-events-topic');
  const back = useDots('cart-events-topic');
  return (
    <a class="services" href="#/flow">
      <span class="hidden">Product and Cart exchange events. Watch them in Flow.</span>
      <svg viewBox="0 0 300 96" aria-hidden="true">
        <path class="way" d="M88 38h124M88 58h124" />
        <g class={accentOf('product')}>
          {there > 0 && <circle key={there} class="event there" cx="88" cy="38" r="5" />}
          <circle class="service" cx="48" cy="48" r="40" />
          <text x="48" y="53">
            Product
          </text>
        </g>
        <g class={accentOf('cart')}>
          {back > 0 && <circle key={back} class="event back" cx="212" cy="58" r="5" />}
          <circle class="service" cx="252" cy="48" r="40" />
          <text x="252" y="53">
            Cart
          </text>
        </g>
      </svg>
    </a>
  );
}
