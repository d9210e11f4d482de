import type { Cart } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { doings, olderCursor, orders, readOrders } from './orders.ts';

/** The orders of the user who is signed in, the newest first. */
export function Orders() {
  const older = olderCursor.value;
  return (
    <>
      <Trouble of={doings.problemOf('read')} />
      {orders.value && (
        <section class="orders" aria-labelledby="orders-title">
          <h3 id="orders-title">Orders</h3>
          {orders.value.length === 0 && <p class="quiet">There are no orders yet.</p>}
          <ul>
            {orders.value.map((order) => (
              <Order key={order.cartId} order={order} />
            ))}
          </ul>
          {older !== undefined && (
            <Act isQuiet isOff={doings.isUnderWay('read')} onAct={() => void readOrders(older)}>
              Older orders
            </Act>
          )}
        </section>
      )}
    </>
  );
}

function Order({ order: { items, totalAmount, currency, checkedOutAt } }: { readonly order: Cart }) {
  return (
    <li>
      {checkedOutAt === undefined ? (
        <span />
      ) : (
        <time dateTime={checkedOutAt}>{dayAndTime(checkedOutAt)}</time>
      )}
      <p class="price">{formatMoney(totalAmount, currency)}</p>
      <p class="items">{items.map(({ qty, name }) => `${qty} × ${name}`).join(', ')}</p>
    </li>
  );
}

function dayAndTime(time: string): string {
  return new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
