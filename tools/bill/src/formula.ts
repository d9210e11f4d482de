/** A number with its formula, written so that it can be checked by hand. */
export interface Figure {
  readonly value: number;
  readonly text: string;
  /** Operator precedence of the text; a lower one than required is put in parentheses. */
  readonly precedence: number;
}

const SUM = 1;
const PRODUCT = 2;
const ATOM = 3;
const DIGITS = 6;
/** Terms below this are omitted. */
const NEGLIGIBLE = 1e-6;

/** Bytes per GB. Some services bill 2³⁰ bytes, which makes the estimate up to 7 % too high. */
export const BYTES_PER_GB: Figure = { value: 1e9, text: '1,000,000,000 bytes/GB', precedence: 3 };

/** A number with its unit: `730 h`. Millions are written as `43.8 M`. */
export function figure(value: number, unit = ''): Figure {
  return { value, text: [formatted(value), unit].filter((part) => part !== '').join(' '), precedence: ATOM };
}

/** A price: `$0.625/M` per million units, otherwise `$0.09`. */
export function price({ value, per = 1 }: { readonly value: number; readonly per?: number }): Figure {
  const each = per === 1 ? '' : `/${per === 1_000_000 ? 'M' : grouped(per)}`;
  return {
    value: value / per,
    text: `$${value.toLocaleString('en-US', { maximumFractionDigits: 12 })}${each}`,
    precedence: ATOM,
  };
}

export function times(...factors: readonly Figure[]): Figure {
  return {
    value: factors.reduce((product, { value }) => product * value, 1),
    text: factors.map((factor) => parenthesized(factor, PRODUCT)).join(' × '),
    precedence: PRODUCT,
  };
}

export function dividedBy(dividend: Figure, divisor: Figure): Figure {
  const text = `${parenthesized(dividend, PRODUCT)} ÷ ${parenthesized(divisor, ATOM)}`;
  return { value: dividend.value / divisor.value, text, precedence: PRODUCT };
}

/** Sum; negligible terms are omitted. */
export function plus(...all: readonly Figure[]): Figure {
  const terms = all.filter(({ value }) => Math.abs(value) > NEGLIGIBLE);
  const [only] = terms;
  if (terms.length <= 1) return only ?? figure(0);
  return {
    value: terms.reduce((sum, { value }) => sum + value, 0),
    text: terms.map(({ text }) => text).join(' + '),
    precedence: SUM,
  };
}

/** Amount above a free tier; all of it if `free` is 0. */
export function beyond(used: Figure, free: Figure): Figure {
  if (free.value === 0) return used;
  const text = `max(0, ${used.text} − ${parenthesized(free, PRODUCT)})`;
  return { value: Math.max(0, used.value - free.value), text, precedence: ATOM };
}

/** Maximum of figures. */
export function atLeast(minimum: Figure, ...rest: readonly Figure[]): Figure {
  const all = [minimum, ...rest];
  return {
    value: Math.max(...all.map(({ value }) => value)),
    text: `max(${all.map(({ text }) => text).join(', ')})`,
    precedence: ATOM,
  };
}

/** Exponential of the negated figure. */
export function decay(exponent: Figure): Figure {
  return {
    value: Math.exp(-exponent.value),
    text: `exp(−${parenthesized(exponent, PRODUCT)})`,
    precedence: ATOM,
  };
}

export function minus(from: Figure, less: Figure): Figure {
  return {
    value: from.value - less.value,
    text: `${from.text} − ${parenthesized(less, PRODUCT)}`,
    precedence: SUM,
  };
}

function parenthesized({ text, precedence }: Figure, needed: number): string {
  return precedence < needed ? `(${text})` : text;
}

function formatted(value: number): string {
  if (Math.abs(value) >= 1_000_000) return `${grouped(value / 1_000_000)} M`;
  return grouped(value);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: DIGITS });
}
