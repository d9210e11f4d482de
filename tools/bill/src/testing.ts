/** Evaluates a printed formula: units are ignored, `M` is a million. Throws for invalid formulas. */
export function evaluate(formula: string): number {
  const tokens =
    formula.match(
      /(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|max|exp|[×÷+−(),]|\/[0-9,]+|\/?[A-Za-z%][\w%-]*/g,
    ) ?? [];
  let position = 0;
  const peek = () => tokens[position];
  const next = () => tokens[position++];
  const expect = (token: string) => {
    const found = next();
    if (found !== token) throw new Error(`Expected ${token}, not ${String(found)}: ${formula}`);
  };

  const sum = (): number => {
    let value = product();
    for (;;) {
      if (peek() === '+') value += (next(), product());
      else if (peek() === '−') value -= (next(), product());
      else return value;
    }
  };
  const product = (): number => {
    let value = unary();
    for (;;) {
      if (peek() === '×') value *= (next(), unary());
      else if (peek() === '÷') value /= (next(), unary());
      else return value;
    }
  };
  const unary = (): number => (peek() === '−' ? -(next(), unary()) : scaled(atom()));
  /** Applies the scale after a number and skips its unit. */
  const scaled = (value: number): number => {
    for (let token = peek(); token !== undefined; token = peek()) {
      if (token === 'M') value *= 1_000_000;
      else if (token === '/M') value /= 1_000_000;
      else if (/^\/[0-9]/.test(token)) value /= Number(token.slice(1).replaceAll(',', ''));
      else if (!/^\/?[A-Za-z%]/.test(token) || token === 'max' || token === 'exp') return value;
      next();
    }
    return value;
  };
  const list = (): number[] => {
    expect('(');
    const values = [sum()];
    while (peek() === ',') values.push((next(), sum()));
    expect(')');
    return values;
  };
  const atom = (): number => {
    const token = peek();
    if (token === 'max') return Math.max(...(next(), list()));
    if (token === 'exp') return Math.exp((next(), list())[0] ?? Number.NaN);
    if (token === '(') return list()[0] ?? Number.NaN;
    const value = Number(String(next()).replaceAll(',', ''));
    if (Number.isNaN(value)) throw new Error(`Not a number: ${String(token)}: ${formula}`);
    return value;
  };
  const value = sum();
  if (position < tokens.length) throw new Error(`Unexpected ${String(peek())}: ${formula}`);
  return value;
}
