import { counted } from '../../../parts/format.ts';

/** Ways in which stock changes, in the order of the form. */
export const movements = [
  { value: 'delivery', text: 'Delivery' },
  { value: 'loss', text: 'Loss' },
  { value: 'count', text: 'Count' },
] as const;
export type Movement = (typeof movements)[number]['value'];

/** Request for a change of the stock, with its effect in words; or what is wrong with the text. */
export type Effect =
  | {
      readonly body:
        | { readonly delta: number }
        | { readonly onHand: number; readonly expectedOnHand: number };
      readonly preview: string;
      readonly summary: string;
    }
  | { readonly fault: string };

/** The effect of a delivery, a loss or a count of the units in `text` on a stock. */
export function effectOf(
  movement: Movement,
  text: string,
  { onHand, held }: { readonly onHand: number; readonly held: number },
): Effect {
  const units = /^\d{1,10}$/.test(text.trim()) ? Number(text) : undefined;
  if (units === undefined || (units === 0 && movement !== 'count'))
    return { fault: 'Enter a whole number of units, such as 10.' };
  const after = movement === 'count' ? units : onHand + (movement === 'loss' ? -units : units);
  const available = Math.max(0, after - held);
  const short = after - held < 0 ? ` Carts hold ${held - after} more than that.` : '';
  if (movement === 'loss' && short !== '')
    return {
      fault: `Only ${counted(Math.max(0, onHand - held), 'unit')} can be recorded as lost: carts hold the others. Record a count instead.`,
    };
  return {
    body: movement === 'count' ? { onHand: units, expectedOnHand: onHand } : { delta: after - onHand },
    preview: `Afterwards: ${after} on hand, ${available} available.${short}`,
    summary: `${summaries[movement]} recorded: ${after} on hand.`,
  };
}

const summaries = { delivery: 'Delivery', loss: 'Loss', count: 'Count' } as const;
