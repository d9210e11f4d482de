import { useState } from 'preact/hooks';
import type { Cart } from '../../commerce.ts';
import { linkTo } from '../../parts/address.ts';
import { Button, ErrorNotice, Table } from '../../parts/controls.tsx';
import { capitalized, dayAndTime, formatMoney } from '../../parts/format.ts';
import { useRead } from '../../query.ts';
import { user } from '../../session.ts';
import { orderAddress, orderKey, readGuestOrders, readOrder, readOrders } from './order-state.ts';
import { ProductImage, usePictures } from './product-image.tsx';

/** Page of an order, by its number. */
export function OrderPage({ number }: { readonly number: string }) {
  const { data, error } = useRead(orderKey(number), (options) => readOrder(number, options));
  return (
    <article class="order">
      <p class="small">
        <a href={linkTo('shop')}>← All products</a> · <a href={linkTo('shop', 'orders')}>Orders</a>
      </p>
      {data === undefined && <ErrorNotice message={error?.message} />}
      {data === null && (
        <>
          <h1>Order not found</h1>
          <p>
            There is no order {number} {user.value ? `of ${capitalized(user.value.name)}` : 'in this browser'}
            .{!user.value && ' Sign in to see the orders of your account.'}
          </p>
        </>
      )}
      {data && <Order order={data} />}
    </article>
  );
}

function Order({ order }: { readonly order: Cart }) {
  const { items, totalAmount, currency } = order;
  const pictureOf = usePictures(items.map(({ productId }) => productId));
  return (
    <>
      <h1>Order placed</h1>
      <p class="lead">
        Order <strong class="order-number">{order.orderNumber}</strong>, <Time of={order} />.
        {order.userId === null && ' You were a guest: this browser alone remembers the order.'}
      </p>
      <ul class="list order-lines">
        {items.map(({ productId, qty, name, priceAtAdd }) => (
          <li key={productId}>
            <ProductImage product={pictureOf(productId, name)} />
            <div>
              <a href={linkTo('shop', `product/${productId}`)}>{name}</a>
              <p class="small">
                {qty} × {formatMoney(priceAtAdd, currency)}
              </p>
            </div>
            <p class="price">{formatMoney(qty * priceAtAdd, currency)}</p>
          </li>
        ))}
      </ul>
      <p class="total">
        Total <strong>{formatMoney(totalAmount, currency)}</strong>
      </p>
    </>
  );
}

function Time({ of: { checkedOutAt } }: { readonly of: Cart }) {
  return checkedOutAt === undefined ? null : <time dateTime={checkedOutAt}>{dayAndTime(checkedOutAt)}</time>;
}

/** Orders of the signed-in user, or of the guest in this browser, newest first. */
export function Orders() {
  const owner = user.value?.name;
  const [cursors, setCursors] = useState<readonly (string | undefined)[]>([undefined]);
  const cursor = cursors.at(-1);
  const { data, error } = useRead(['orders', owner ?? null, cursor ?? null], (options) =>
    owner === undefined ? readGuestOrders(options) : readOrders(cursor, options),
  );
  return (
    <article>
      <p class="small">
        <a href={linkTo('shop')}>← All products</a>
      </p>
      <h1>{owner === undefined ? 'Orders of this browser' : `${capitalized(owner)}'s orders`}</h1>
      {data === undefined && <ErrorNotice message={error?.message} />}
      {data?.items.length === 0 && <p class="quiet">There are no orders yet.</p>}
      {data && data.items.length > 0 && (
        <Table
          label="Orders"
          columns={['Order', 'Time', 'Products', '#Total']}
          rows={data.items.map(rowOf)}
        />
      )}
      <p class="row">
        {cursors.length > 1 && (
          <Button isQuiet onPress={() => setCursors(cursors.slice(0, -1))}>
            Newer orders
          </Button>
        )}
        {data?.nextCursor !== undefined && (
          <Button isQuiet onPress={() => setCursors([...cursors, data.nextCursor])}>
            Older orders
          </Button>
        )}
      </p>
    </article>
  );
}

function rowOf(order: Cart) {
  const { items, totalAmount, currency } = order;
  return [
    <a href={orderAddress(order)}>{order.orderNumber}</a>,
    <Time of={order} />,
    items.map(({ qty, name }) => `${qty} × ${name}`).join(', '),
    formatMoney(totalAmount, currency),
  ];
}
