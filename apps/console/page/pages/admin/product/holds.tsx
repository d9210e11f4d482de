import { Problem, request, type RequestOptions } from '../../../api.ts';
import { type ListPage, productPath } from '../../../commerce.ts';
import { ErrorNotice, Table } from '../../../parts/controls.tsx';
import { counted, duration, integer } from '../../../parts/format.ts';
import { useNow } from '../../../parts/hooks.ts';
import { useRead } from '../../../query.ts';
import { isOperator, operatorToken } from '../../../session.ts';

/** Units that a cart holds. */
interface Hold {
  /** Public id of the cart, which grants no access. */
  readonly cartId: string;
  readonly holder: 'guest' | 'user';
  readonly qty: number;
  /** Absent if holds do not expire. */
  readonly heldUntil?: string;
}

/** Panel with the carts that hold units of a product. */
export function HoldsPanel({ productId, held }: { readonly productId: string; readonly held: number }) {
  const token = operatorToken.value;
  const read = async (options: RequestOptions) =>
    (await request<ListPage<Hold>>(productPath(productId, 'holds'), { ...options, token })).body;
  const { data, error } = useRead(['holds', productId], read, { enabled: isOperator.value && held > 0 });
  const isMissing = error instanceof Problem && error.status === 404;
  return (
    <section class="panel" aria-labelledby="holds-title">
      <h2 id="holds-title">Held by</h2>
      {held === 0 && <p class="quiet">No cart holds a unit.</p>}
      {held > 0 && !isOperator.value && <p class="quiet">Carts hold {counted(held, 'unit')}.</p>}
      {!isMissing && <ErrorNotice message={error?.message} />}
      {held > 0 && data?.items.length === 0 && (
        <p class="quiet">Carts hold {counted(held, 'unit')}; only holds that expire are listed.</p>
      )}
      {held > 0 && data !== undefined && data.items.length > 0 && (
        <Holds holds={data.items} isComplete={data.nextCursor === undefined} />
      )}
    </section>
  );
}

function Holds({ holds, isComplete }: { readonly holds: readonly Hold[]; readonly isComplete: boolean }) {
  const now = useNow();
  const leftOf = ({ heldUntil }: Hold) =>
    heldUntil === undefined ? 'as long as the cart' : expiryText(Date.parse(heldUntil) - now);
  return (
    <>
      <Table
        label="Carts that hold units"
        columns={['Cart', 'Of', '#Units', 'Expires in']}
        rows={holds.map((hold) => [hold.cartId, holders[hold.holder], integer(hold.qty), leftOf(hold)])}
      />
      <p class="small">
        {!isComplete && 'These are the first ones. '}The ids are public: they grant no access to the carts.
      </p>
    </>
  );
}

const holders = { guest: 'a guest', user: 'a user' } as const;

function expiryText(ms: number): string {
  return ms <= 0 ? 'any moment' : duration(Math.ceil(ms / 1_000) * 1_000);
}
