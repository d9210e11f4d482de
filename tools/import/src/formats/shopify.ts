import type { Row } from '../file/table.ts';
import { absentIfEmpty, type Format, NOT_PUBLISHED, type Reading, variantName } from './format.ts';

/** Fields that the variants of a handle have in common; they are in the first row of the handle. */
interface Parent {
  readonly handle: string;
  readonly title: string;
  readonly description: string;
  readonly category: string;
  readonly image: string;
  readonly unpublished: string | undefined;
}

/**
 * Shopify's product export: a row for each variant and each further image, those of a handle in sequence. Of the two generations
 * of columns each is read. A variant's id is its SKU if no other row has it, which is common, or else handle and options.
 */
export const shopify: Format = {
  name: 'Shopify product export',
  matches: (columns) =>
    (columns.has('handle') && columns.has('variant price')) ||
    (columns.has('url handle') && columns.has('price') && columns.has('option1 value')),
  priceColumns: ['variant price', 'price'],
  currencyColumns: [],
  isComplete: true,
  createReader(columns) {
    let parent: Parent | undefined;
    const skus = createSkuCount();
    const trackers = ['variant inventory tracker', 'inventory tracker'];
    const hasTracker = trackers.some((column) => columns.has(column));
    /** Whether the shop counts the units: a blank tracker means that it does not, and the quantity, 0, is none. */
    const isCounted = (row: Row) => !hasTracker || row.get(...trackers) !== '';
    return {
      scan: (row) => skus.add(skuOf(row)),
      read(row) {
        const handle = row.get('handle', 'url handle');
        if (handle === '') return { reason: 'no handle' };
        if (row.get('title') !== '') parent = parentOf(row, handle);
        if (parent?.handle !== handle)
          return isVariant(row)
            ? { reason: `no title: no row before it is the first of "${handle}"` }
            : 'no product';
        if (!isVariant(row)) return 'no product';
        return readVariant(row, parent, {
          hasUniqueSku: skus.isUnique(skuOf(row)),
          isCounted: isCounted(row),
        });
      },
    };
  },
};

function parentOf(row: Row, handle: string): Parent {
  return {
    handle,
    title: row.get('title'),
    description: row.get('body (html)', 'description'),
    category: row.get('type', 'product category', 'standard product type', 'custom product type'),
    image: row.get('image src', 'product image url'),
    unpublished: unpublishedReason(row),
  };
}

function unpublishedReason(row: Row): string | undefined {
  const status = row.get('status').toLowerCase();
  if (status !== '' && status !== 'active') return `its status is ${status}: ${NOT_PUBLISHED}`;
  return /^(false|no|0)$/i.test(row.get('published', 'published on online store'))
    ? NOT_PUBLISHED
    : undefined;
}

function isVariant(row: Row): boolean {
  return row.get('variant price', 'price') !== '' || row.get('variant sku', 'sku') !== '';
}

function readVariant(
  row: Row,
  parent: Parent,
  { hasUniqueSku, isCounted }: { readonly hasUniqueSku: boolean; readonly isCounted: boolean },
): Reading {
  if (parent.unpublished !== undefined) return { reason: parent.unpublished };
  const options = [1, 2, 3]
    .map((number) => row.get(`option${number} value`))
    .filter((option) => option !== '' && option !== 'Default Title');
  return {
    id: hasUniqueSku ? skuOf(row) : [parent.handle, ...options].join('.'),
    name: variantName(parent.title, options),
    description: absentIfEmpty(parent.description),
    category: absentIfEmpty(parent.category),
    imageUrl: absentIfEmpty(row.get('variant image', 'variant image url') || parent.image),
    price: row.get('variant price', 'price'),
    inventory: isCounted ? absentIfEmpty(row.get('variant inventory qty', 'inventory quantity')) : undefined,
  };
}

/** The apostrophe keeps spreadsheets from reading a number. */
function skuOf(row: Row): string {
  return row.get('variant sku', 'sku').replace(/^'/, '');
}

function createSkuCount() {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  return {
    add(sku: string) {
      if (seen.has(sku)) repeated.add(sku);
      else seen.add(sku);
    },
    isUnique(sku: string) {
      seen.clear();
      return sku !== '' && !repeated.has(sku);
    },
  };
}
