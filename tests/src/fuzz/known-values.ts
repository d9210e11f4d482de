import * as fc from 'fast-check';
import type { DocumentedOperation } from '../support/openapi.ts';
import type { Response } from './checks.ts';
import type { Request } from './requests.ts';
import type { Draw } from './values.ts';

/** Limits of the values by name, which is that of the responses too, and of the values from one list. */
const [CAPACITY, LIST_CAPACITY] = [50, 2];

/** Parameters whose values are in fields with another name. */
const fieldNames: Readonly<Record<string, string>> = {
  'if-match': 'etag',
  'if-none-match': 'etag',
  cursor: 'nextcursor',
  ids: 'productid',
  fromcartid: 'cartid',
};

/** Field with a cart that is not the one of the path. */
const OTHER_CART = 'fromCartId';
/** Field of a parameter's values. */
const fieldOf = (name: string): string => fieldNames[name.toLowerCase()] ?? name.toLowerCase();

/** Strings by lower-case field names, the newest first. */
type Values = Map<string, readonly string[]>;

/** Creates a collection of the strings in responses, by field names, so that requests refer to existing products and carts. */
export function createKnownValues() {
  const values: Values = new Map();
  /** The values of each of the latest responses with several fields, the newest first. */
  let responses: readonly Values[] = [];
  return {
    /**
     * Draws the values of a request, by field or parameter. Half of the requests take what one response contained, as far as it did, and
     * the token of its request: a cart is rarely met with its product and its owner by chance.
     */
    drawKnownValues: (draw: Draw, { parameters = [] }: DocumentedOperation) => {
      const path = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => fieldOf(name));
      const complete = responses.filter((response) => path.every((field) => response.has(field)));
      const response = draw(fc.boolean()) ? draw(fc.constantFrom(undefined, ...complete)) : undefined;
      return (name: string): readonly string[] =>
        (name !== OTHER_CART && response?.get(fieldOf(name))) || (values.get(fieldOf(name)) ?? []);
    },
    /** Adds the strings of a successful response, and the headers of its request; moves a deleted id behind the others. */
    learn: ({ operation, target, headers }: Request, response: Response): void => {
      const isJson = response.headers['content-type']?.startsWith('application/json');
      const learnt: Values = new Map();
      if (isJson) add(learnt, JSON.parse(response.text));
      add(learnt, response.headers.etag, 'etag');
      const { authorization = '' } = headers;
      const together = new Map([...learnt, ['authorization', [authorization]] as const]);
      if (learnt.size > 1) responses = [together, ...responses].slice(0, CAPACITY);
      for (const { name } of operation.parameters ?? []) add(learnt, headers[name], name);
      for (const [name, strings] of learnt)
        for (const value of strings.toReversed()) add(values, value, name);
      const [, name = ''] = /\{(\w+)\}$/.exec(operation.path) ?? [];
      if (operation.method !== 'DELETE') return;
      const id = decodeURIComponent(target.split('?', 1)[0]?.split('/').at(-1) ?? '');
      const others = values.get(name.toLowerCase())?.filter((value) => value !== id) ?? [];
      values.set(name.toLowerCase(), [...others, id]);
    },
  };
}

/** Adds the strings of a JSON value, each before the former ones of its field. */
function add(values: Values, value: unknown, name = ''): void {
  if (Array.isArray(value)) for (const item of value.slice(0, LIST_CAPACITY)) add(values, item, name);
  else if (typeof value === 'object' && value !== null)
    for (const [key, field] of Object.entries(value)) add(values, field, key);
  else if (typeof value === 'string' && value !== '') {
    const field = name.toLowerCase();
    values.set(field, [...new Set([value, ...(values.get(field) ?? [])])].slice(0, CAPACITY));
  }
}
