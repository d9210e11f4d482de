import { type Cart, type ListPage } from '../../../commerce.ts';
import { address, goTo, linkTo } from '../../../parts/address.ts';
import { Button, ErrorNotice, Fact, Table } from '../../../parts/controls.tsx';
import { counted, dayAndTime, formatMoney, integer } from '../../../parts/format.ts';
import { useRead } from '../../../query.ts';
import { isOperator, operatorToken, requestAsOperator } from '../../../session.ts';
import { Heading } from '../heading.tsx';

/** A checked-out cart, with the number that its customer reads out. Its cart id is public. */
type Order = Cart & { readonly orderNumber?: string };

/** Names that the list of products shows. */
const MAX_NAMES = 2;

/** The page before each page of the list that was opened here, by their cursors. */
const before = new Map<string, string>();

/** All orders, the newest first, or one of them by its number. */
export function OrdersPage({ orderNumber }: { readonly orderNumber: string | undefined }) {
  return (
    <>
      <Heading>{orderNumber === undefined ? 'Orders' : `Order ${orderNumber}`}</Heading>
      {isOperator.value &&
        (orderNumber === undefined ? (
          <OrderList />
        ) : (
          <SingleOrder key={orderNumber} orderNumber={orderNumber} />
        ))}
    </>
  );
}

function OrderList() {
  const cursor = address.value.parameters.get('after') ?? '';
  const path = `/orders?${new URLSearchParams({ limit: '20', cursor }).toString()}`;
  const { data, error } = useRead(['orders', 'all', cursor, operatorToken.value], (options) =>
    requestAsOperator<ListPage<Order>>(path, options),
  );
  return (
    <>
      <FindOrder />
      <ErrorNotice message={error?.message} />
      {!data && error === undefined && <p class="quiet">Loading …</p>}
      {data && data.items.length === 0 && <p class="notice">Nothing was ordered yet.</p>}
      {data && data.items.length > 0 && <Orders page={data} cursor={cursor} />}
    </>
  );
}

function FindOrder() {
  const find = (event: SubmitEvent) => {
    event.preventDefault();
    const wanted = new FormData(event.currentTarget as HTMLFormElement).get('number');
    if (typeof wanted === 'string') goTo(linkTo('admin', `orders/${wanted.trim()}`));
  };
  return (
    <form class="row find" onSubmit={find}>
      <label>
        Order number
        <input name="number" required autocomplete="off" spellcheck={false} placeholder="4T7K-0M2Q-ZX91" />
      </label>
      <Button isQuiet>Find the order</Button>
    </form>
  );
}

function Orders({ page, cursor }: { readonly page: ListPage<Order>; readonly cursor: string }) {
  const { items, nextCursor } = page;
  if (nextCursor !== undefined) before.set(nextCursor, cursor);
  const newer = cursor === '' ? undefined : (before.get(cursor) ?? '');
  return (
    <>
      <Table
        label="Orders"
        columns={['Order', 'Placed', 'Customer', 'Products', '#Total']}
        rows={items.map((order) => [
          <a key={order.cartId} href={linkTo('admin', `orders/${numberOf(order)}`)}>
            {numberOf(order)}
          </a>,
          placedAt(order),
          order.userId ?? 'Guest',
          productsOf(order),
          formatMoney(order.totalAmount, order.currency),
        ])}
      />
      {(newer !== undefined || nextCursor !== undefined) && (
        <nav class="row pager" aria-label="Pages">
          <PageLink cursor={newer} text="Newer" />
          <PageLink cursor={nextCursor} text="Older" />
        </nav>
      )}
    </>
  );
}

function PageLink({ cursor, text }: { readonly cursor: string | undefined; readonly text: string }) {
  if (cursor === undefined) return <span class="quiet">{text}</span>;
  return <a href={linkTo('admin', 'orders', { after: cursor })}>{text}</a>;
}

function SingleOrder({ orderNumber }: { readonly orderNumber: string }) {
  const { data, error } = useRead(['orders', orderNumber, operatorToken.value], (options) =>
    requestAsOperator<Order>(`/orders/${encodeURIComponent(orderNumber)}`, options),
  );
  return (
    <>
      <p class="small">
        <a href={linkTo('admin', 'orders')}>All orders</a>
      </p>
      <ErrorNotice message={error?.message} />
      {data && (
        <section class="panel" aria-label="Order">
          <dl class="facts">
            <Fact name="Placed">{placedAt(data)}</Fact>
            <Fact name="Customer">{data.userId ?? 'Guest'}</Fact>
            <Fact name="Total">{formatMoney(data.totalAmount, data.currency)}</Fact>
          </dl>
          <Table
            label="Products of the order"
            columns={['Product', '#Price', '#Quantity', '#Amount']}
            rows={data.items.map(({ productId, name, priceAtAdd, qty }) => [
              <a key={productId} href={linkTo('admin', `product/${productId}`)}>
                {name}
              </a>,
              formatMoney(priceAtAdd, data.currency),
              integer(qty),
              formatMoney(priceAtAdd * qty, data.currency),
            ])}
          />
        </section>
      )}
    </>
  );
}

function numberOf({ orderNumber, cartId }: Order): string {
  return orderNumber ?? cartId;
}

function placedAt({ checkedOutAt }: Order): string {
  return checkedOutAt === undefined ? '–' : dayAndTime(checkedOutAt);
}

function productsOf({ items }: Order): string {
  const names = items.slice(0, MAX_NAMES).map(({ qty, name }) => `${qty} × ${name}`);
  const more = items.length - names.length;
  return more > 0 ? `${names.join(', ')} and ${counted(more, 'other')}` : names.join(', ');
}
