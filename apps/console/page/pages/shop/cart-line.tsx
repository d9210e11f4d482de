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
  const remedies: Remedies = {
    accept: () => void acceptPrice(line).then(onDone),
    setQuantity: (qty) => void change(qty),
    remove: () => void remove(productId).then(onDone),
  };
  return (
    <li>
      <h3>{name}</h3>
      <p class="price">{formatMoney(qty * priceAtAdd, currency)}</p>
      <div class="stepper" role="group" aria-label={`Quantity of ${name}`}>
        <Button
          isQuiet
          isDisabled={isDisabled}
          label={`One less: ${name}`}
          onPress={() => void change(qty - 1)}
        >
          −
        </Button>
        <Quantity line={line} isDisabled={isDisabled} onChange={change} />
        <Button
          isQuiet
          isDisabled={isDisabled}
          label={`One more: ${name}`}
          onPress={() => void change(qty + 1)}
        >
          +
        </Button>
        <span class="small">× {formatMoney(priceAtAdd, currency)}</span>
      </div>
      <Button isQuiet isDisabled={isDisabled} label={`Remove: ${name}`} onPress={remedies.remove}>
        Remove
      </Button>
      <HoldState line={line} onDone={onDone} />
      {noticesOf(line, currency).map((notice) => (
        <div key={notice.kind} class="notice row">
          <span>{notice.text}</span>
          <Remedy notice={notice} line={line} isDisabled={isDisabled} remedies={remedies} />
        </div>
      ))}
      <ErrorNotice message={actions.errorOf(`line:${productId}`)} />
    </li>
  );
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

interface Remedies {
  readonly accept: () => void;
  readonly setQuantity: (qty: number) => void;
  readonly remove: () => void;
}

interface RemedyProps {
  readonly notice: Notice;
  readonly line: Line;
  readonly isDisabled: boolean;
  readonly remedies: Remedies;
}

/** Button that resolves a notice. */
function Remedy({
  notice,
  line: { name, qty },
  isDisabled,
  remedies: { accept, setQuantity, remove },
}: RemedyProps) {
  if (notice.kind === 'priceChanged')
    return (
      <Button isDisabled={isDisabled} label={`Accept new price: ${name}`} onPress={accept}>
        Accept new price
      </Button>
    );
  if (notice.kind === 'insufficient' && notice.suggestedQty > 0) {
    const text = `${notice.suggestedQty === qty ? 'Keep' : 'Lower to'} ${notice.suggestedQty}`;
    return (
      <Button
        isDisabled={isDisabled}
        label={`${text}: ${name}`}
        onPress={() => setQuantity(notice.suggestedQty)}
      >
        {text}
      </Button>
    );
  }
  return (
    <Button isDisabled={isDisabled} label={`Remove: ${name}, which is not available`} onPress={remove}>
      Remove
    </Button>
  );
}
