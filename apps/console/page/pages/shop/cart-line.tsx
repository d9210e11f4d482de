import { useEffect, useRef } from 'preact/hooks';
import type { Line } from '../../commerce.ts';
import { formatMoney } from '../../money.ts';
import { Act, Trouble } from '../../parts/act.tsx';
import { acceptPrice, doings, remove, setQty } from './basket.ts';
import { HoldState } from './hold-state.tsx';
import { type Notice, noticesOf } from './notices.ts';

interface CartLineProps {
  readonly line: Line;
  readonly currency: string | null;
  /** Is called once something was done, whatever came of it. */
  readonly onDone: () => void;
}

/** A line of the cart: how many, for how much, and what stands in its way. */
export function CartLine({ line, currency, onDone }: CartLineProps) {
  const { productId, name, qty, priceAtAdd } = line;
  const isOff = doings.isUnderWay(`line:${productId}`);
  const change = (to: number) => setQty(productId, to).then(onDone);
  const remedies: Remedies = {
    accept: () => void acceptPrice(line).then(onDone),
    take: (qty) => void change(qty),
    remove: () => void remove(productId).then(onDone),
  };
  return (
    <li>
      <h3>{name}</h3>
      <p class="price">{formatMoney(qty * priceAtAdd, currency)}</p>
      <div class="stepper" role="group" aria-label={`Quantity of ${name}`}>
        <Act isQuiet isOff={isOff} label={`One less: ${name}`} onAct={() => void change(qty - 1)}>
          −
        </Act>
        <Quantity line={line} isOff={isOff} onChange={change} />
        <Act isQuiet isOff={isOff} label={`One more: ${name}`} onAct={() => void change(qty + 1)}>
          +
        </Act>
        <span class="each">× {formatMoney(priceAtAdd, currency)}</span>
      </div>
      <Act isQuiet isOff={isOff} label={`Remove: ${name}`} onAct={remedies.remove}>
        Remove
      </Act>
      <HoldState line={line} onDone={onDone} />
      {noticesOf(line, currency).map((notice) => (
        <div key={notice.kind} class="notice row">
          <span>{notice.says}</span>
          <Remedy notice={notice} line={line} isOff={isOff} remedies={remedies} />
        </div>
      ))}
      <Trouble of={doings.problemOf(`line:${productId}`)} />
    </li>
  );
}

interface QuantityProps {
  readonly line: Line;
  readonly isOff: boolean;
  readonly onChange: (qty: number) => Promise<void>;
}

/** The quantity as a field: Enter or leaving it takes what was written, and it shows what came of it. */
function Quantity({ line, isOff, onChange }: QuantityProps) {
  const field = useRef<HTMLInputElement>(null);
  const now = useRef(line.qty);
  now.current = line.qty;
  const show = () => {
    if (field.current) field.current.value = String(now.current);
  };
  useEffect(show, [line.qty]);
  const take = async (written: number) => {
    if (Number.isInteger(written) && written >= 0 && written !== line.qty && !isOff) await onChange(written);
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
      onKeyDown={(event) => event.key === 'Enter' && void take(event.currentTarget.valueAsNumber)}
      onBlur={(event) => void take(event.currentTarget.valueAsNumber)}
    />
  );
}

interface Remedies {
  readonly accept: () => void;
  readonly take: (qty: number) => void;
  readonly remove: () => void;
}

interface RemedyProps {
  readonly notice: Notice;
  readonly line: Line;
  readonly isOff: boolean;
  readonly remedies: Remedies;
}

/** What there is to do about a notice. */
function Remedy({ notice, line: { name, qty }, isOff, remedies: { accept, take, remove } }: RemedyProps) {
  if (notice.kind === 'priceChanged')
    return (
      <Act isOff={isOff} label={`Accept new price: ${name}`} onAct={accept}>
        Accept new price
      </Act>
    );
  if (notice.kind === 'insufficient' && notice.take > 0) {
    const text = `${notice.take === qty ? 'Keep' : 'Take'} ${notice.take}`;
    return (
      <Act isOff={isOff} label={`${text}: ${name}`} onAct={() => take(notice.take)}>
        {text}
      </Act>
    );
  }
  return (
    <Act isOff={isOff} label={`Remove: ${name}, which is not available`} onAct={remove}>
      Remove
    </Act>
  );
}
