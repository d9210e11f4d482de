import type { z } from 'zod';

type Issue = z.core.$ZodRawIssue;

/** Types of JSON by their names in zod. */
const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};

const formats: Readonly<Record<string, string>> = {
  url: 'a URL such as https://shop.example/page',
  email: 'an e-mail address',
  datetime: 'a time such as 2026-02-14T15:00:00Z',
  date: 'a date such as 2026-02-14',
  time: 'a time of day such as 15:00:00',
  uuid: 'a UUID',
};

/**
 * What is wrong with a field, as the predicate of a sentence about it, such as `must be at least 1`: plain English that a shop
 * can show, without the value, and without a word of the library. A text that a schema has of its own comes first.
 */
export function faultText(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return typeText(issue);
    case 'too_small':
      return atLeast(issue);
    case 'too_big':
      return atMost(issue);
    case 'invalid_value':
      return oneOf(issue.values);
    case 'invalid_union': {
      const { options = [] } = issue as { readonly options?: readonly unknown[] };
      return options.length > 0 ? oneOf(options) : 'has none of the allowed forms';
    }
    case 'invalid_format':
      return formatText(issue);
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'is not a known field';
    case 'invalid_key':
      return 'is not an allowed name';
    default:
      return 'is not valid';
  }
}

function typeText({ input, expected, inst }: Extract<Issue, { code: 'invalid_type' }>): string {
  if (input === undefined) return 'is missing';
  if (expected === 'never' || expected === 'undefined') return 'is not allowed';
  if (expected === 'nonoptional') return 'is missing';
  const { def } = (inst ?? {}) as { readonly def?: { readonly format?: unknown } };
  const isInteger = expected === 'number' && String(def?.format).includes('int');
  const type = types[isInteger ? 'int' : expected];
  return type === undefined ? 'is not valid' : `must be ${type}`;
}

function atLeast({
  origin,
  minimum,
  inclusive = true,
  exact = false,
}: Extract<Issue, { code: 'too_small' }>) {
  if (isNumber(origin)) return inclusive ? `must be at least ${minimum}` : `must be greater than ${minimum}`;
  const least = inclusive ? BigInt(minimum) : BigInt(minimum) + 1n;
  if (least === 1n && !exact) return 'must not be empty';
  return `must have ${exact ? 'exactly' : 'at least'} ${sizeText(origin, least)}`;
}

function atMost({ origin, maximum, inclusive = true, exact = false }: Extract<Issue, { code: 'too_big' }>) {
  if (isNumber(origin)) return inclusive ? `must be at most ${maximum}` : `must be less than ${maximum}`;
  const most = inclusive ? BigInt(maximum) : BigInt(maximum) - 1n;
  return `must have ${exact ? 'exactly' : 'at most'} ${sizeText(origin, most)}`;
}

function isNumber(origin: string): boolean {
  return origin === 'number' || origin === 'int' || origin === 'bigint';
}

function sizeText(origin: string, count: bigint): string {
  const unit = origin === 'string' ? 'character' : 'item';
  return `${count} ${unit}${count === 1n ? '' : 's'}`;
}

function oneOf(values: readonly unknown[]): string {
  const listed = values.map((value) => (typeof value === 'string' ? `"${value}"` : String(value)));
  return `must be ${listed.length > 1 ? 'one of ' : ''}${listed.join(', ')}`;
}

function formatText(issue: Extract<Issue, { code: 'invalid_format' }>): string {
  const { format, prefix, suffix, includes } = issue as typeof issue & Readonly<Record<string, unknown>>;
  if (format === 'starts_with') return `must begin with "${String(prefix)}"`;
  if (format === 'ends_with') return `must end with "${String(suffix)}"`;
  if (format === 'includes') return `must contain "${String(includes)}"`;
  const text = formats[format];
  return text === undefined ? 'does not have the required form' : `must be ${text}`;
}
