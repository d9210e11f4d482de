import type { Row } from '../file/table.ts';
import { absentIfEmpty, type Format, currentPrice, variantName } from './format.ts';

/** Columns by which the variants of an `item_group_id` differ. */
const VARIANT_COLUMNS = ['color', 'size', 'material', 'pattern'];

/** Google Merchant Center's product feed, of its text or XML form. */
export const google: Format = {
  name: 'Google Merchant feed',
  matches: (columns) =>
    ['id', 'title', 'price'].every((column) => columns.has(column)) &&
    ['availability', 'image link', 'link'].some((column) => columns.has(column)),
  priceColumns: ['price', 'sale price'],
  currencyColumns: [],
  isComplete: true,
  createReader: () => ({
    read(row) {
      const id = row.get('id');
      if (id === '') return { reason: 'no id' };
      const price = priceOf(row);
      if (typeof price === 'object') return price;
      const availability = row.get('availability').toLowerCase().replaceAll(/[_ ]/g, ' ');
      return {
        id,
        name: nameOf(row),
        description: absentIfEmpty(row.get('description')),
        category: absentIfEmpty(categoryOf(row)),
        imageUrl: absentIfEmpty(row.get('image link')),
        price,
        inventory: absentIfEmpty(row.get('sell on google quantity', 'quantity')),
        isSoldOut: /^(out of stock|preorder|backorder)$/.test(availability),
      };
    },
  }),
};

/** The price in effect; that of a sale has an interval, `START/END`. */
function priceOf(row: Row): ReturnType<typeof currentPrice> {
  const [sale, interval] = [row.get('sale price'), row.get('sale price effective date')];
  const [from = '', to = '', ...more] = interval.split('/').map((date) => date.trim());
  if (sale !== '' && more.length > 0)
    return { reason: `sale price effective date "${interval}" is not of the form START/END` };
  return currentPrice(row.get('price'), sale, { from, to });
}

function nameOf(row: Row): string {
  const title = row.get('title');
  if (row.get('item group id') === '') return title;
  const known = title.toLowerCase();
  const options = VARIANT_COLUMNS.map((column) => row.get(column));
  return variantName(
    title,
    options.filter((option) => !known.includes(option.toLowerCase())),
  );
}

/** The merchant's own category, else Google's where it is given as a text, not as a number. */
function categoryOf(row: Row): string {
  const [own, googles] = [row.get('product type'), row.get('google product category')];
  return own || (/^\d+$/.test(googles) ? '' : googles);
}
