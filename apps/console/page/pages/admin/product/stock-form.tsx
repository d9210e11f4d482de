import { useMemo, useState } from 'preact/hooks';
import { createActionState } from '../../../actions.ts';
import { Problem } from '../../../api.ts';
import type { Product } from '../../../commerce.ts';
import { Button, ErrorNotice, Fact, Select } from '../../../parts/controls.tsx';
import { counted, integer } from '../../../parts/format.ts';
import { isOperator } from '../../../session.ts';
import { change } from './product.ts';
import { effectOf, type Movement, movements } from './stock.ts';

/** Panel with the stock of a product, and the form for a delivery, a loss or a count. */
export function StockPanel({ product }: { readonly product: Product }) {
  const { productId, onHand, held, inventory } = product;
  const actions = useMemo(createActionState, []);
  const [movement, setMovement] = useState<Movement>('delivery');
  const [draft, setDraft] = useState<{
    readonly text: string;
    readonly onHand: number;
    readonly key: string;
  }>();
  const [recorded, setRecorded] = useState<string>();
  // A count is right for the stock that its reader saw.
  const seen = movement === 'count' ? (draft?.onHand ?? onHand) : onHand;
  const effect = effectOf(movement, draft?.text ?? '', { onHand: seen, held });

  const record = async () => {
    const isDone = await actions.run('stock', async () => {
      if ('fault' in effect) throw new Error(effect.fault);
      const options = { method: 'POST', body: effect.body, idempotencyKey: draft?.key ?? '' } as const;
      await change(productId, options, 'stock').catch((error: unknown) => {
        throw explained(error);
      });
      setRecorded(effect.summary);
    });
    const cause = actions.causeOf('stock');
    if (isDone) setDraft(undefined);
    // The same count may be recorded again, for the stock that the reader was told.
    else if (cause instanceof StockChanged && draft)
      setDraft({ ...draft, onHand: cause.onHand, key: crypto.randomUUID() });
  };
  const edit = (text: string) => {
    setRecorded(undefined);
    actions.clearErrors(() => true);
    setDraft({ text, onHand: draft?.onHand ?? onHand, key: crypto.randomUUID() });
  };
  return (
    <section class="panel" aria-labelledby="stock-title">
      <h2 id="stock-title">Stock</h2>
      <dl class="facts">
        <Fact name="On hand">{integer(onHand)}</Fact>
        <Fact name="Held by carts">{integer(held)}</Fact>
        <Fact name="Available">{integer(inventory)}</Fact>
      </dl>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void record();
        }}
      >
        <fieldset class="fields stock-fields" disabled={!isOperator.value}>
          <Select
            label="What happened"
            value={movement}
            options={movements.map(({ value, text }) => [value, text])}
            onChoose={(value) => {
              setMovement(value as Movement);
              edit('');
            }}
          />
          <label>
            {movement === 'count' ? 'Units counted on hand' : 'Units'}
            <input
              inputMode="numeric"
              autocomplete="off"
              value={draft?.text ?? ''}
              placeholder={movement === 'count' ? String(onHand) : '10'}
              onInput={({ currentTarget }) => edit(currentTarget.value)}
            />
          </label>
          <Button isDisabled={!isOperator.value || actions.isPending('stock')}>Record</Button>
        </fieldset>
        <p class="small" role="status">
          {recorded ?? ('fault' in effect || !draft?.text ? '' : effect.preview)}
        </p>
        <ErrorNotice message={actions.errorOf('stock')} />
      </form>
    </section>
  );
}

/** The count was rejected because the stock had changed, to `onHand`. */
class StockChanged extends Error {
  readonly onHand: number;

  constructor(onHand: number) {
    const stock = counted(onHand, 'unit');
    super(
      `Nothing was recorded: meanwhile there are ${stock} on hand. If you counted after that, record it again.`,
    );
    this.onHand = onHand;
  }
}

function explained(error: unknown): unknown {
  if (!(error instanceof Problem) || error.code !== 'stock-changed') return error;
  return new StockChanged(Number(error.body['onHand']));
}
