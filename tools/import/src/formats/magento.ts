import type { Row } from '../file/table.ts';
import { absentIfEmpty, currentPrice, type Format, NOT_PUBLISHED } from './format.ts';

/** Product types that are sold as they are; the others are sold as their parts. */
const SOLD = ['', 'simple', 'virtual', 'downloadable'];

/** Magento's (Adobe Commerce's) product export. Its images are paths in a directory of the shop, so that they are left out. */
export const magento: Format = {
  name: 'Magento product export',
  matches: (columns) =>
    ['sku', 'name', 'price'].every((column) => columns.has(column)) &&
    (columns.has('product type') || columns.has('attribute set code')),
  priceColumns: ['price', 'special price'],
  currencyColumns: [],
  isComplete: true,
  createReader: () => ({
    read(row) {
      const id = row.get('sku');
      if (id === '' || row.get('store view code') !== '' || !SOLD.includes(row.get('product type')))
        return 'no product';
      if (row.get('product online', 'status') === '2') return { reason: NOT_PUBLISHED };
      const price = currentPrice(row.get('price'), row.get('special price'), {
        from: row.get('special price from date'),
        to: row.get('special price to date'),
      });
      if (typeof price === 'object') return price;
      const image = row.get('base image');
      return {
        id,
        name: row.get('name'),
        description: absentIfEmpty(row.get('description', 'short description')),
        category: absentIfEmpty(categoryOf(row.get('categories'))),
        imageUrl: /^https?:/.test(image) ? image : undefined,
        price,
        inventory: isCounted(row) ? absentIfEmpty(row.get('qty')) : undefined,
        isSoldOut: row.get('is in stock') === '0',
      };
    },
  }),
};

/** Whether the shop counts the units; if not, `qty` is none. By default its configuration decides, which counts. */
function isCounted(row: Row): boolean {
  return row.get('manage stock') !== '0' || row.get('use config manage stock') === '1';
}

/** The first category, as a path below the shop's root category. */
function categoryOf(categories: string): string {
  const [first = ''] = categories.split(',');
  const [root = '', ...path] = first.split('/');
  return path.length > 0 ? path.join(' > ') : root;
}
