import jsep from 'jsep';

/** Value of a metric or expression in one period; undefined if it is missing. */
export type ValueOf = (id: string) => number | undefined;

/** Metric math expression, evaluated per period. */
export type MetricMath = (valueOf: ValueOf) => number | undefined;

// CloudWatch uses words for these operators. The precedences are those of `||` and `&&` in jsep.
jsep.addBinaryOp('OR', 1);
jsep.addBinaryOp('AND', 2);

const truth = (condition: boolean) => (condition ? 1 : 0);

const operators: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '<': (left, right) => truth(left < right),
  '<=': (left, right) => truth(left <= right),
  '>': (left, right) => truth(left > right),
  '>=': (left, right) => truth(left >= right),
  AND: (left, right) => truth(left !== 0 && right !== 0),
  OR: (left, right) => truth(left !== 0 || right !== 0),
};

/** Functions over the existing values of an array of metrics in one period. */
const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  MAX: (values) => Math.max(...values),
};

/**
 * Reads the part of metric math that our alarms use: numbers, ids, arithmetic, comparisons, AND, OR, IF, FILL with a number,
 * MAX of an array. A missing operand makes the result missing; MAX ignores missing values. Throws for anything else.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function readMetricMath(expression: string): MetricMath {
  return compile(jsep(expression), expression);
}

function compile(node: jsep.Expression, text: string): MetricMath {
  const unknown = (what: unknown) => new Error(`not supported in "${text}": ${String(what)}`);
  const read = (part: jsep.Expression) => compile(part, text);
  switch (node.type) {
    case 'Literal': {
      const { value } = node as jsep.Literal;
      if (typeof value !== 'number') throw unknown(value);
      return () => value;
    }
    case 'Identifier': {
      const { name } = node as jsep.Identifier;
      return (valueOf) => valueOf(name);
    }
    case 'BinaryExpression': {
      const { operator, left, right } = node as jsep.BinaryExpression;
      const compute = operators[operator];
      if (!compute) throw unknown(operator);
      return ifAllPresent([read(left), read(right)], ([left = 0, right = 0]) => compute(left, right));
    }
    case 'CallExpression': {
      const { callee, arguments: args } = node as jsep.CallExpression;
      const name = (callee as jsep.Identifier).name;
      const [first, second, third] = args;
      if (name === 'IF' && first && second && third) return choice(read(first), read(second), read(third));
      if (name === 'FILL' && first && second?.type === 'Literal') {
        const [metric, filler] = [read(first), read(second)];
        return (valueOf) => metric(valueOf) ?? filler(valueOf);
      }
      const aggregate = aggregates[name];
      // For a single metric without brackets it would be one number over all periods.
      if (!aggregate || first?.type !== 'ArrayExpression' || second) throw unknown(name);
      const metrics = (first as jsep.ArrayExpression).elements.flatMap((element) =>
        element ? [read(element)] : [],
      );
      return (valueOf) => {
        const values = metrics.flatMap((metric) => metric(valueOf) ?? []);
        return values.length === 0 ? undefined : aggregate(values);
      };
    }
    default:
      throw unknown(node.type);
  }
}

function choice(test: MetricMath, yes: MetricMath, no: MetricMath): MetricMath {
  return (valueOf) => {
    const holds = test(valueOf);
    if (holds === undefined) return undefined;
    return holds === 0 ? no(valueOf) : yes(valueOf);
  };
}

function ifAllPresent(
  parts: readonly MetricMath[],
  compute: (values: readonly number[]) => number,
): MetricMath {
  return (valueOf) => {
    const values = parts.flatMap((part) => part(valueOf) ?? []);
    return values.length < parts.length ? undefined : compute(values);
  };
}
