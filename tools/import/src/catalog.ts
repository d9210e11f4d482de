import type { BadRow } from './file/csv.ts';
import { columnKey, type Row, type Table } from './file/table.ts';
import {
  createDecimalVote,
  currencyOf,
  type DecimalMark,
  parseAmount,
  splitAmount,
} from './product/money.ts';

/** Product for `POST /products/import`; the price is in minor units. */
export interface CatalogProduct {
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly inventory: number;
}

/** Product with the line of its first valid row. */
export interface CatalogEntry {
  readonly line: number;
  readonly product: CatalogProduct;
}

/** Valid row: the quantity of a product on an invoice, with the price in minor units. */
export interface Sale {
  readonly line: number;
  readonly invoice: string;
  readonly productId: string;
  readonly quantity: number;
  readonly price: number;
}

/** Content of a sales file: its products, each with the sum of its sold quantities as stock, and its bad rows. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[];
  readonly bad: readonly BadRow[];
}

export interface CatalogOptions {
  /** Default: GBP, that of the data set. */
  readonly currency?: string | undefined;
  readonly decimal?: DecimalMark | undefined;
  /** Called with each valid row, also with one whose product turns out to have no description. */
  readonly onSale?: (sale: Sale) => void;
}

/** The columns of the UCI "Online Retail" data set. */
export const columns = [
  'InvoiceNo',
  'StockCode',
  'Description',
  'Quantity',
  'InvoiceDate',
  'UnitPrice',
  'CustomerID',
  'Country',
] as const;

/** Columns that are read; in "Online Retail II" two of them have other names. */
const names = {
  invoice: ['invoiceno', 'invoice'],
  code: ['stockcode'],
  description: ['description'],
  quantity: ['quantity'],
  price: ['unitprice', 'price'],
} as const;

/** Whether a table has the columns of "Online Retail" or "Online Retail II". */
export function isSalesTable({ columns }: Pick<Table, 'columns'>): boolean {
  const keys = new Set(columns.map(columnKey));
  return Object.values(names).every((aliases) => aliases.some((name) => keys.has(name)));
}

type Draft = Sale & { readonly description: string };
interface Collected {
  readonly line: number;
  name: string;
  price: number;
  inventory: number;
  /** Its rows, as long as it has no name. */
  readonly nameless: number[];
}

/** Stock codes of products: five digits and letters (85123A), gift vouchers, Dotcomgiftshop codes. POST, D, M, C2 … are charges. */
const productCode = /^(\d{5}[A-Z]*|GIFT_\d+_\d+|DCGS[A-Z0-9]+)$/;

/** Reads a sales table, in memory for its products, not for its rows. */
export async function readCatalog(
  table: Table,
  { currency = 'GBP', decimal, onSale }: CatalogOptions = {},
): Promise<Catalog> {
  const mark = decimal ?? (await decimalMarkOf(table));
  const products = new Map<string, Collected>();
  const bad: BadRow[] = [];
  for await (const row of table.rows()) {
    const sale = 'reason' in row ? row : parseRow(row, currency, mark);
    if ('reason' in sale) {
      bad.push(sale);
      continue;
    }
    const { description, ...rest } = sale;
    collect(products, sale);
    onSale?.(rest);
  }
  const entries: CatalogEntry[] = [];
  for (const [productId, { line, name, price, inventory, nameless }] of products) {
    if (name !== '') entries.push({ line, product: { productId, name, price, currency, inventory } });
    else
      for (const line of nameless)
        bad.push({ line, reason: `no description in any valid row of ${productId}` });
  }
  return { entries, bad: bad.sort((a, b) => a.line - b.line) };
}

async function decimalMarkOf(table: Table): Promise<DecimalMark | undefined> {
  const vote = createDecimalVote();
  for await (const row of table.rows()) if (!('reason' in row)) vote.add(row.get(...names.price));
  return vote.mark();
}

/** Adds a row to its product: first description, last price, sum of quantities. */
function collect(
  products: Map<string, Collected>,
  { line, productId, description, price, quantity }: Draft,
): void {
  const product = products.get(productId) ?? { line, name: '', price, inventory: 0, nameless: [] };
  products.set(productId, product);
  product.price = price;
  product.inventory += quantity;
  product.name ||= description;
  if (product.name === '') product.nameless.push(line);
  else product.nameless.length = 0;
}

function parseRow(row: Row, currency: string, mark: DecimalMark | undefined): Draft | BadRow {
  const { line } = row;
  const bad = (reason: string): BadRow => ({ line, reason });
  const invoice = row.get(...names.invoice);
  const code = row.get(...names.code);
  const units = row.get(...names.quantity);
  const unitPrice = row.get(...names.price);

  if (invoice === '') return bad('no invoice number');
  if (/^C/i.test(invoice)) return bad(`cancellation ${invoice}`);
  const productId = code.toUpperCase();
  if (!productCode.test(productId)) return bad(`stock code "${code}" is not a product`);
  if (!/^0*[1-9]\d{0,8}$/.test(units)) return bad(`quantity "${units}" is not a positive whole number`);
  const amount = splitAmount(unitPrice);
  const named = amount && currencyOf(amount, currency, undefined);
  if (typeof named === 'object') return bad(`price "${unitPrice}" ${named.reason}`);
  const price = amount && parseAmount(amount.number, currency, mark);
  if (typeof price === 'object') return bad(price.reason);
  if (!price) return bad(`price "${unitPrice}" is not a positive amount`);
  const description = row.get(...names.description).replaceAll(/\s+/g, ' ');
  return { line, invoice, productId, description, quantity: Number(units), price };
}
