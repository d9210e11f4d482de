import type { Row } from '../file/table.ts';
import {
  absentIfEmpty,
  currentPrice,
  type Format,
  NOT_PUBLISHED,
  type Reading,
  variantName,
} from './format.ts';

/** Fields that variations take from their product. */
interface Parent {
  readonly name: string;
  readonly description: string;
  readonly category: string;
  readonly image: string;
  readonly isPublished: boolean;
}

/** Longest description that is kept of a parent, in characters: parents are held in memory. */
const KEPT_DESCRIPTION = 4_000;

/** WooCommerce's product export: a row for each product and each variation, whose parent may come before or after it. */
export const woocommerce: Format = {
  name: 'WooCommerce product export',
  matches: (columns) =>
    ['type', 'name', 'regular price'].every((column) => columns.has(column)) &&
    (columns.has('id') || columns.has('sku')),
  priceColumns: ['regular price', 'sale price'],
  currencyColumns: [],
  isComplete: true,
  createReader() {
    const parents = new Map<string, Parent>();
    return {
      scan(row) {
        if (!typesOf(row).includes('variable')) return;
        const parent = parentOf(row);
        for (const key of [`id:${row.get('id')}`, row.get('sku')])
          if (!/^(id:)?$/.test(key)) parents.set(key, parent);
      },
      read(row) {
        const types = typesOf(row);
        if (types.includes('variable') || types.includes('grouped')) return 'no product';
        if (!types.includes('variation')) return readProduct(row);
        const parent = parents.get(row.get('parent'));
        return parent
          ? readProduct(row, parent)
          : { reason: `its parent "${row.get('parent')}" is not in the file` };
      },
    };
  },
};

/** The types of a row, such as `simple, virtual`. */
function typesOf(row: Row): readonly string[] {
  return row
    .get('type')
    .toLowerCase()
    .split(/\s*,\s*/);
}

function parentOf(row: Row): Parent {
  return {
    name: row.get('name'),
    description: row.get('description', 'short description').slice(0, KEPT_DESCRIPTION),
    category: firstOf(row.get('categories')),
    image: firstOf(row.get('images')),
    isPublished: isPublished(row),
  };
}

function readProduct(row: Row, parent?: Parent): Reading {
  if (!isPublished(row) || parent?.isPublished === false) return { reason: NOT_PUBLISHED };
  const id = row.get('sku', 'id');
  if (id === '') return { reason: 'neither SKU nor ID' };
  const name = row.get('name') || parent?.name || '';
  const stock = row.get('stock');
  const price = currentPrice(row.get('regular price'), row.get('sale price'), {
    from: row.get('date sale price starts'),
    to: row.get('date sale price ends'),
  });
  if (typeof price === 'object') return price;
  return {
    id,
    name: name === parent?.name ? variantName(name, attributesOf(row)) : name,
    description: absentIfEmpty(row.get('description', 'short description') || (parent?.description ?? '')),
    category: absentIfEmpty(firstOf(row.get('categories')) || (parent?.category ?? '')),
    imageUrl: absentIfEmpty(firstOf(row.get('images')) || (parent?.image ?? '')),
    price,
    // "parent" where the stock of all variations is counted together.
    inventory: /^[-\d]/.test(stock) ? stock : undefined,
    isSoldOut: row.get('in stock?') === '0',
    ...(row.get('sold individually?') === '1' && { maxPerCart: '1' }),
  };
}

/** 1 is published, 0 private, -1 a draft. */
function isPublished(row: Row): boolean {
  return !/^(0|-1)$/.test(row.get('published'));
}

function attributesOf(row: Row): readonly string[] {
  return [1, 2, 3, 4, 5].map((number) => row.get(`attribute ${number} value(s)`));
}

/** First of a list; a comma in an element is escaped. */
function firstOf(list: string): string {
  return (list.split(/(?<!\\),\s*/)[0] ?? '').replaceAll('\\,', ',').trim();
}
