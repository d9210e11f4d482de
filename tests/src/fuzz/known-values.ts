import type { Response } from './checks.ts';
import type { Request } from './requests.ts';

/** Limits of the values by name, and of those from one list. */
const [CAPACITY, LIST_CAPACITY] = [50, 2];

/** Parameters whose values are in fields with another name. */
const fieldNames: Readonly<Record<string, string>> = {
  'if-match': 'etag',
  'if-none-match': 'etag',
  cursor: 'nextcursor',
  ids: 'productid',
  fromcartid: 'cartid',
};

/** Creates a collection of the strings in responses, by field names, so that requests refer to existing products and carts. */
export function createKnownValues() {
  const values = new Map<string, readonly string[]>();
  /** Values for a field or parameter, the newest first. */
  const valuesOf = (name: string) => values.get(fieldNames[name.toLowerCase()] ?? name.toLowerCase()) ?? [];
  const add = (value: unknown, name = ''): void => {
    if (Array.isArray(value)) for (const item of value.slice(0, LIST_CAPACITY)) add(item, name);
    else if (typeof value === 'object' && value !== null)
      for (const [key, field] of Object.entries(value)) add(field, key);
    else if (typeof value === 'string' && value !== '')
      values.set(name.toLowerCase(), [...new Set([value, ...valuesOf(name)])].slice(0, CAPACITY));
  };
  return {
    valuesOf,
    /** Adds the strings of a successful response, and the headers of its request; moves a deleted id behind the others. */
    learn: ({ operation, target, headers }: Request, response: Response): void => {
      const isJson = response.headers['content-type']?.startsWith('application/json');
      if (isJson) add(JSON.parse(response.text));
      add(response.headers.etag, 'etag');
      for (const { name } of operation.parameters ?? []) add(headers[name], name);
      const [, name = ''] = /\{(\w+)\}$/.exec(operation.path) ?? [];
      if (operation.method !== 'DELETE') return;
      const id = decodeURIComponent(target.split('?', 1)[0]?.split('/').at(-1) ?? '');
      values.set(name.toLowerCase(), [...valuesOf(name).filter((value) => value !== id), id]);
    },
  };
}
