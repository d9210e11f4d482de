import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { Product } from '../../commerce.ts';
import { formatMoney, formatMinor } from '../../money.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { isOperator } from '../../session.ts';
import { changeLimit, changePrice, changeStock, countStock } from './changes.ts';
import { Fact } from '../../parts/fact.tsx';
import { actions } from './products.ts';

/** Price, stock and limit of a product, with the forms that change them. */
export function Edit({ product }: { readonly product: Product }) {
  const { name, price, currency, onHand, held, inventory, maxPerCart, version } = product;
  return (
    <>
      <h3>{name}</h3>
      <dl class="facts">
        <Fact name="Price">{formatMoney(price, currency)}</Fact>
        <Fact name="On hand">{onHand}</Fact>
        <Fact name="Held">{held}</Fact>
        <Fact name="Available">{inventory}</Fact>
        {maxPerCart !== undefined && <Fact name="Limit per cart">{maxPerCart}</Fact>}
        <Fact name="Version">{version}</Fact>
      </dl>
      <Price product={product} />
      <Delivery />
      <Count onHand={onHand} />
      <Limit maxPerCart={maxPerCart} />
    </>
  );
}

function Price({ product: { price, currency } }: { readonly product: Product }) {
  const [draft, setDraft] = useState<string>();
  const value = draft ?? formatMinor(price, currency);
  return (
    <Change
      name="price"
      action="Change the price"
      onSave={() => changePrice(value, () => setDraft(undefined))}
    >
      New price in {currency}
      <input
        inputMode="decimal"
        autocomplete="off"
        required
        value={value}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
    </Change>
  );
}

function Delivery() {
  const [delta, setDelta] = useState('10');
  return (
    <Change name="stock" action="Change the stock" onSave={() => changeStock(delta, () => undefined)}>
      Units delivered (negative: lost)
      <input
        type="number"
        step={1}
        required
        value={delta}
        onInput={({ currentTarget }) => setDelta(currentTarget.value)}
      />
    </Change>
  );
}

/** Form for a stock count; sent with the stock on hand that was shown when the operator started typing. */
function Count({ onHand }: { readonly onHand: number }) {
  const [draft, setDraft] = useState<{ readonly text: string; readonly expected: number }>();
  const { text, expected } = draft ?? { text: String(onHand), expected: onHand };
  return (
    <Change
      name="count"
      action="Set the count"
      onSave={() => countStock(text, expected, () => setDraft(undefined))}
    >
      Units counted on hand
      <input
        type="number"
        min={0}
        step={1}
        required
        value={text}
        onInput={({ currentTarget }) => setDraft({ text: currentTarget.value, expected })}
      />
    </Change>
  );
}

function Limit({ maxPerCart }: { readonly maxPerCart: number | undefined }) {
  const [draft, setDraft] = useState<string>();
  const value = draft ?? maxPerCart?.toString() ?? '';
  return (
    <Change
      name="limit"
      action="Change the limit"
      onSave={() => changeLimit(value, () => setDraft(undefined))}
    >
      Limit per cart (empty: none)
      <input
        type="number"
        min={1}
        step={1}
        value={value}
        onInput={({ currentTarget }) => setDraft(currentTarget.value)}
      />
    </Change>
  );
}

interface ChangeProps {
  /** Name of the action. */
  readonly name: 'price' | 'stock' | 'count' | 'limit';
  readonly action: string;
  readonly onSave: () => Promise<void>;
  /** Label and input. */
  readonly children: ComponentChildren;
}

function Change({ name, action, onSave, children }: ChangeProps) {
  const isDisabled = !isOperator.value;
  const save = (event: SubmitEvent) => {
    event.preventDefault();
    void onSave();
  };
  return (
    <form onSubmit={save}>
      <fieldset disabled={isDisabled}>
        <label>{children}</label>
        <Button isDisabled={isDisabled || actions.isPending(name)}>{action}</Button>
      </fieldset>
      <ErrorNotice message={actions.errorOf(name)} />
    </form>
  );
}
