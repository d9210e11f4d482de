import type { Cart } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { actions, olderCursor, orders, readOrders } from './orders.ts';

/** List of the signed-in user's orders, newest first. */
export function Orders() {
  const older = olderCursor.value;
  return (
    <>
      <ErrorNotice message={actions.errorOf('read')} />
      {orders.value && (
        <section class="orders" aria-labelledby="orders-title">
          <h3 id="orders-title">Orders</h3>
          {orders.value.length === 0 && <p class="quiet">There are no orders yet.</p>}
          <ul class="list">
            {orders.value.map((order) => (
              <Order key={order.cartId} order={order} />
            ))}
          </ul>
          {older !== undefined && (
            <Button isQuiet isDisabled={actions.isPending('read')} onPress={() => void readOrders(older)}>
              Older orders
            </Button>
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
      <p class="small">{items.map(({ qty, name }) => `${qty} × ${name}`).join(', ')}</p>
    </li>
  );
}

function dayAndTime(time: string): string {
  return new Date(time).toLocaleString('en', { dateStyle: 'medium', timeStyle: 'short' });
}
