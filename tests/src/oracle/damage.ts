import { client } from '../support/http.ts';
import type { Call } from './aws-calls.ts';
import { PREFIX } from './deployment.ts';
import { ACCOUNT, REGION } from './ministack.ts';
import type { OracleStage } from './stage.ts';

/** Sends a message to a queue as anyone with the permission could. */
export async function sendMessage(call: Call, queue: string, MessageBody: string): Promise<void> {
  const QueueUrl = `https://sqs.${REGION}.amazonaws.com/${ACCOUNT}/${PREFIX}${queue}`;
  await call('sqs', 'SendMessage', { QueueUrl, MessageBody });
}

interface Scanned {
  readonly Items: readonly { readonly pk: { readonly S: string } }[];
}

/** Deletes a cart behind the back of its service, so that Product holds the units of a cart that does not exist. */
export async function deleteCart({ call, front }: OracleStage): Promise<void> {
  const shop = client(front.url);
  const productId = 'audited';
  await shop.putProduct(productId);
  const cartId = await shop.openCart();
  await shop.fill(cartId, { [productId]: 2 });
  await shop.untilHeld(cartId);
  const TableName = `${PREFIX}carts`;
  const { Items } = await call<Scanned>('dynamodb', 'Scan', { TableName, ConsistentRead: true });
  const carts = Items.filter(
    (item) => item.pk.S.startsWith('cart#') && JSON.stringify(item).includes(`"${productId}"`),
  );
  const [cart] = carts;
  if (!cart || carts.length > 1) throw new Error(`${carts.length} carts have the product`);
  await call('dynamodb', 'DeleteItem', { TableName, Key: { pk: cart.pk } });
}
