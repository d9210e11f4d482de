import type { ComponentChild } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Line } from '../../commerce.ts';
import { Button, ErrorNotice } from '../../parts/controls.tsx';
import { formatMoney } from '../../parts/format.ts';
import { useNow } from '../../parts/hooks.ts';
import { acceptPrice, holdAgain, remove, setQty } from './cart-actions.ts';
import { actions } from './cart-state.ts';
import { canHoldAgain, holdText, type Notice, noticesOf } from './notices.ts';
import { type Pictured, ProductImage } from './product-image.tsx';

interface CartLineProps {
  readonly line: Line;
  readonly picture: Pictured;
  readonly currency: string | null;
  /** Called after each action, whether it succeeded or not. */
  readonly onDone: () => void;
}

/** Line item of the cart: quantity, price, hold and notices. */
export function CartLine({ line, picture, currency, onDone }: CartLineProps) {
  const { productId, name, qty, priceAtAdd } = line;
  const isDisabled = actions.isPending(`line:${productId}`) || actions.isPending('hold');
  const button = (text: string, label: string, action: () => Promise<unknown>) => (
    <Button isQuiet isDisabled={isDisabled} label={label} onPress={() => void action().then(onDone)}>
      {text}
    </Button>
  );
  return (
    <li>
      <ProductImage product={picture} />
      <h3>{name}</h3>
      <p class="price">{formatMoney(qty * priceAtAdd, currency)}</p>
      <div class="stepper" role="group" aria-label={`Quantity of ${name}`}>
        {button('−', `One less: ${name}`, () => setQty(line, qty - 1))}
        <Quantity line={line} isDisabled={isDisabled} onChange={(to) => setQty(line, to).then(onDone)} />
        {button('+', `One more: ${name}`, () => setQty(line, qty + 1))}
        {qty > 1 && <span class="small">× {formatMoney(priceAtAdd, currency)}</span>}
      </div>
      {button('Remove', `Remove: ${name}`, () => remove(line))}
      <Hold line={line}>{button('Hold again', `Hold again: ${name}`, holdAgain)}</Hold>
      {noticesOf(line, currency).map((notice) => (
        <div key={notice.kind} class="notice row">
          <span>{notice.text}</span>
          <Remedy notice={notice} line={line} button={button} />
        </div>
      ))}
      <ErrorNotice message={actions.errorOf(`line:${productId}`)} />
    </li>
  );
}

interface HoldProps {
  readonly line: Line;
  /** Button that requests the hold again. */
  readonly children: ComponentChild;
}

/** Countdown of the hold; once it has expired, the button that requests it again. */
function Hold({ line, children }: HoldProps) {
  const now = useNow();
  const text = holdText(line, now);
  if (text === undefined) return null;
  return (
    <div class="row hold small">
      <span>{text}</span>
      {canHoldAgain(line, now) && children}
    </div>
  );
}

interface RemedyProps {
  readonly notice: Notice;
  readonly line: Line;
  readonly button: (text: string, label: string, action: () => Promise<unknown>) => ComponentChild;
}

/** Action that resolves a notice; what is not available at all is removed by the button of the line. */
function Remedy({ notice, line, button }: RemedyProps) {
  const { name, qty } = line;
  if (notice.kind === 'priceChanged')
    return <>{button('Accept new price', `Accept new price: ${name}`, () => acceptPrice(line))}</>;
  if (notice.kind !== 'insufficient' || notice.suggestedQty === 0) return null;
  const { suggestedQty } = notice;
  const text = `${suggestedQty === qty ? 'Keep' : 'Lower to'} ${suggestedQty}`;
  return <>{button(text, `${text}: ${name}`, () => setQty(line, suggestedQty))}</>;
}

interface QuantityProps {
  readonly line: Line;
  readonly isDisabled: boolean;
  readonly onChange: (qty: number) => Promise<unknown>;
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
      onChange={(event) => void submit(event.currentTarget.valueAsNumber)}
    />
  );
}
