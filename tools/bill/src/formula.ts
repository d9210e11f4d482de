/** A figure with the calculation that it comes from, written so that anybody can repeat it by hand. */
export interface Figure {
  readonly value: number;
  readonly text: string;
  /** How tightly the text holds together: what is weaker than its surroundings gets parentheses. */
  readonly strength: number;
}

const SUM = 1;
const PRODUCT = 2;
const ATOM = 3;
const DIGITS = 6;
/** What is less comes to nothing, whatever it costs. */
const NOTHING = 1e-6;

/** How many bytes AWS takes for a GB here; that some services take 2³⁰ is 7 % in our favour. */
export const BYTES_PER_GB: Figure = { value: 1e9, text: '1,000,000,000 bytes/GB', strength: 3 };

/** A figure as it is, with its unit: `730 h`. Millions are written as such: `43.8 M`. */
export function figure(value: number, unit = ''): Figure {
  return { value, text: [written(value), unit].filter((part) => part !== '').join(' '), strength: ATOM };
}

/** A price: `$0.625/M` where it is that of a million, `$0.09` otherwise. */
export function price({ value, per = 1 }: { readonly value: number; readonly per?: number }): Figure {
  const each = per === 1 ? '' : `/${per === 1_000_000 ? 'M' : grouped(per)}`;
  return {
    value: value / per,
    text: `$${value.toLocaleString('en-US', { maximumFractionDigits: 12 })}${each}`,
    strength: ATOM,
  };
}

export function times(...factors: readonly Figure[]): Figure {
  return {
    value: factors.reduce((product, { value }) => product * value, 1),
    text: factors.map((it) => held(it, PRODUCT)).join(' × '),
    strength: PRODUCT,
  };
}

export function dividedBy(dividend: Figure, divisor: Figure): Figure {
  const text = `${held(dividend, PRODUCT)} ÷ ${held(divisor, ATOM)}`;
  return { value: dividend.value / divisor.value, text, strength: PRODUCT };
}

/** A sum; what is nothing is left out. */
export function plus(...all: readonly Figure[]): Figure {
  const terms = all.filter(({ value }) => Math.abs(value) > NOTHING);
  const [only] = terms;
  if (terms.length <= 1) return only ?? figure(0);
  return {
    value: terms.reduce((sum, { value }) => sum + value, 0),
    text: terms.map(({ text }) => text).join(' + '),
    strength: SUM,
  };
}

/** What is more than `free`; none is free where that is 0. */
export function beyond(used: Figure, free: Figure): Figure {
  if (free.value === 0) return used;
  const text = `max(0, ${used.text} − ${held(free, PRODUCT)})`;
  return { value: Math.max(0, used.value - free.value), text, strength: ATOM };
}

export function atLeast(least: Figure, ...others: readonly Figure[]): Figure {
  const all = [least, ...others];
  return {
    value: Math.max(...all.map(({ value }) => value)),
    text: `max(${all.map(({ text }) => text).join(', ')})`,
    strength: ATOM,
  };
}

/** e to the power of a negated figure. */
export function decay(of: Figure): Figure {
  return { value: Math.exp(-of.value), text: `exp(−${held(of, PRODUCT)})`, strength: ATOM };
}

export function minus(from: Figure, less: Figure): Figure {
  return { value: from.value - less.value, text: `${from.text} − ${held(less, PRODUCT)}`, strength: SUM };
}

function held({ text, strength }: Figure, needed: number): string {
  return strength < needed ? `(${text})` : text;
}

function written(value: number): string {
  if (Math.abs(value) >= 1_000_000) return `${grouped(value / 1_000_000)} M`;
  return grouped(value);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: DIGITS });
}
