import { useEffect, useRef } from 'preact/hooks';
import type { Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Button } from '../../parts/button.tsx';
import { ErrorNotice } from '../../parts/error-notice.tsx';
import { acceptPrice, actions, remove, setQty } from './cart-state.ts';
import { HoldState } from './hold-state.tsx';
import { type Notice, noticesOf } from './notices.ts';

interface CartLineProps {
  readonly line: Line;
  readonly currency: string | null;
  /** Called after each action, whether it succeeded or not. */
  readonly onDone: () => void;
}

/** Line item of the cart: quantity, price, hold and notices. */
export function CartLine({ line, currency, onDone }: CartLineProps) {
  const { productId, name, qty, priceAtAdd } = line;
  const isDisabled = actions.isPending(`line:${productId}`);
  const change = (to: number) => setQty(productId, to).then(onDone);
  const button = (text: string, label: string, action: () => Promise<void>, isQuiet = false) => (
    <Button
      isQuiet={isQuiet}
      isDisabled={isDisabled}
      label={label}
      onPress={() => void action().then(onDone)}
    >
      {text}
    </Button>
  );
  return (
    <li>
      <h3>{name}</h3>
      <p class="price">{formatMoney(qty * priceAtAdd, currency)}</p>
      <div class="stepper" role="group" aria-label={`Quantity of ${name}`}>
        {button('−', `One less: ${name}`, () => setQty(productId, qty - 1), true)}
        <Quantity line={line} isDisabled={isDisabled} onChange={change} />
        {button('+', `One more: ${name}`, () => setQty(productId, qty + 1), true)}
        <span class="small">× {formatMoney(priceAtAdd, currency)}</span>
      </div>
      {button('Remove', `Remove: ${name}`, () => remove(productId), true)}
      <HoldState line={line} onDone={onDone} />
      {noticesOf(line, currency).map((notice) => {
        const { text, label = `${text}: ${name}`, action } = remedyOf(notice, line);
        return (
          <div key={notice.kind} class="notice row">
            <span>{notice.text}</span>
            {button(text, label, action)}
          </div>
        );
      })}
      <ErrorNotice message={actions.errorOf(`line:${productId}`)} />
    </li>
  );
}

interface Remedy {
  readonly text: string;
  /** Accessible name of the button. Default: the text with the name of the product. */
  readonly label?: string;
  readonly action: () => Promise<void>;
}

/** Action that resolves a notice. */
function remedyOf(notice: Notice, line: Line): Remedy {
  const { productId, name, qty } = line;
  if (notice.kind === 'priceChanged') return { text: 'Accept new price', action: () => acceptPrice(line) };
  if (notice.kind === 'insufficient' && notice.suggestedQty > 0) {
    const { suggestedQty } = notice;
    const text = `${suggestedQty === qty ? 'Keep' : 'Lower to'} ${suggestedQty}`;
    return { text, action: () => setQty(productId, suggestedQty) };
  }
  return {
    text: 'Remove',
    label: `Remove: ${name}, which is not available`,
    action: () => remove(productId),
  };
}

interface QuantityProps {
  readonly line: Line;
  readonly isDisabled: boolean;
  readonly onChange: (qty: number) => Promise<void>;
}

/** Quantity input: Enter or blur submits it, then it shows the resulting quantity. */
function Quantity({ line, isDisabled, onChange }: QuantityProps) {
  const field = useRef<HTMLInputElement>(null);
  const current = useRef(line.qty);
  current.current = line.qty;
  const show = () => {
    if (field.current) field.current.value = String(current.current);
  };
  useEffect(show, [line.qty]);
  const submit = async (entered: number) => {
    if (Number.isInteger(entered) && entered >= 0 && entered !== line.qty && !isDisabled)
      await onChange(entered);
    show();
  };
  return (
    <input
      type="number"
      class="number"
      min={0}
      max={999}
      inputMode="numeric"
      aria-label={`Quantity of ${line.name}`}
      ref={field}
      onKeyDown={(event) => event.key === 'Enter' && void submit(event.currentTarget.valueAsNumber)}
      onBlur={(event) => void submit(event.currentTarget.valueAsNumber)}
    />
  );
}
