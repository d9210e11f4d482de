/** Quantity of a formula that is shown as a number, with the formula of its own. */
export interface Input {
  readonly name: string;
  readonly value: number;
  readonly formula: string;
}

/** A number with its formula, written so that it can be checked by hand. */
export interface Figure {
  readonly value: number;
  readonly text: string;
  /** Operator precedence of the text; a lower one than required is put in parentheses. */
  readonly precedence: number;
  readonly inputs: readonly Input[];
}

const SUM = 1;
const PRODUCT = 2;
const ATOM = 3;
const DIGITS = 6;
/** Terms below this are omitted. */
const NEGLIGIBLE = 1e-6;

/** A number with its unit: `730 h`. Millions are written as `43.8 M`. */
export function figure(value: number, unit = ''): Figure {
  return composed(value, `${formatted(value)} ${unit}`.trimEnd(), ATOM);
}

/** Bytes per GB. Some services bill 2³⁰ bytes, which makes the estimate up to 7 % too high. */
export const BYTES_PER_GB: Figure = { ...figure(1e9), text: '1,000,000,000 bytes/GB' };

/** A figure as one number; its formula becomes an input of the formulas that it is used in. */
export function named(name: string, of: Figure, unit?: string): Figure {
  const input = { name, value: of.value, formula: of.text };
  return { ...figure(of.value, unit), inputs: [input, ...of.inputs] };
}

/** A price: `$0.625/M` per million units, otherwise `$0.09`. */
export function price({ value, per = 1 }: { readonly value: number; readonly per?: number }): Figure {
  const each = per === 1 ? '' : `/${per === 1_000_000 ? 'M' : grouped(per)}`;
  const dollars = value.toLocaleString('en-US', { maximumFractionDigits: 12 });
  return composed(value / per, `$${dollars}${each}`, ATOM);
}

export function times(...factors: readonly Figure[]): Figure {
  const value = factors.reduce((product, { value }) => product * value, 1);
  return composed(
    value,
    factors.map((factor) => parenthesized(factor, PRODUCT)).join(' × '),
    PRODUCT,
    factors,
  );
}

export function dividedBy(dividend: Figure, divisor: Figure): Figure {
  const text = `${parenthesized(dividend, PRODUCT)} ÷ ${parenthesized(divisor, ATOM)}`;
  return composed(dividend.value / divisor.value, text, PRODUCT, [dividend, divisor]);
}

/** Sum; negligible terms are omitted, unless all are. */
export function plus(...all: readonly Figure[]): Figure {
  const terms = all.filter(({ value }) => Math.abs(value) > NEGLIGIBLE);
  const [only] = terms;
  if (terms.length <= 1) return only ?? all[0] ?? figure(0);
  const value = terms.reduce((sum, { value }) => sum + value, 0);
  return composed(value, terms.map(({ text }) => text).join(' + '), SUM, terms);
}

export function minus(from: Figure, less: Figure): Figure {
  const text = `${from.text} − ${parenthesized(less, PRODUCT)}`;
  return composed(from.value - less.value, text, SUM, [from, less]);
}

/** Amount above a free tier; all of it if `free` is 0. */
export function beyond(used: Figure, free: Figure): Figure {
  return free.value === 0 ? used : atLeast(figure(0), minus(used, free));
}

/** Maximum of figures. */
export function atLeast(...all: readonly [Figure, ...Figure[]]): Figure {
  const value = Math.max(...all.map(({ value }) => value));
  return composed(value, `max(${all.map(({ text }) => text).join(', ')})`, ATOM, all);
}

/** Exponential of the negated figure. */
export function decay(exponent: Figure): Figure {
  return composed(Math.exp(-exponent.value), `exp(−${parenthesized(exponent, PRODUCT)})`, ATOM, [exponent]);
}

/** Throws for a value that is no finite number: a sum would hide it, and a line without an amount is left out. */
function composed(value: number, text: string, precedence: number, of: readonly Figure[] = []): Figure {
  if (!Number.isFinite(value))
    throw new Error(
      `The bill's formula "${text}" has no value (${value}): a fact or figure in it is missing.`,
    );
  const inputs = new Map(of.flatMap(({ inputs }) => inputs.map((input) => [input.name, input])));
  return { value, text, precedence, inputs: [...inputs.values()] };
}

function parenthesized({ text, precedence }: Figure, needed: number): string {
  return precedence < needed ? `(${text})` : text;
}

function formatted(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  if (Math.abs(value) >= 1_000_000) return `${grouped(value / 1_000_000)} M`;
  return grouped(value);
}

function grouped(value: number): string {
  return value.toLocaleString('en-US', { maximumSignificantDigits: DIGITS });
}
