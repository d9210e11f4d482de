import { runInNewContext } from 'node:vm';

/** Evaluates a printed formula: units are ignored, `M` is a million. Throws for invalid formulas. */
export function evaluate(formula: string): number {
  const expression = formula
    .replaceAll(/(?<=\d),(?=\d{3})|\$/g, '')
    .replaceAll(/(?<=\d) M\b/g, 'e6')
    .replaceAll(/(?<=\d)\/M\b/g, 'e-6')
    .replaceAll(/([\d.]+)\/(\d+)/g, '($1 / $2)')
    .replaceAll(/(?<![\w.])\/?(?!max\b|exp\b)[A-Za-z%][\w%/-]*/g, '')
    .replaceAll('×', '*')
    .replaceAll('÷', '/')
    .replaceAll('−', '-');
  const value: unknown = runInNewContext(expression, { max: Math.max, exp: Math.exp });
  if (typeof value !== 'number' || Number.isNaN(value)) throw new Error(`Not a number: ${formula}`);
  return value;
}
