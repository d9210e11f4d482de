import { readCsv, type BadRow, type CsvRow } from './csv.ts';

/** A product as `POST /products/import` takes it; the price is in pence. */
export interface CatalogProduct {
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly currency: 'GBP';
  readonly inventory: number;
}

/** A product with the line of its first good row. */
export interface CatalogEntry {
  readonly line: number;
  readonly product: CatalogProduct;
}

/** A good row: so many units of a product on an invoice, the price in pence. */
export interface Sale {
  readonly line: number;
  readonly invoice: string;
  readonly productId: string;
  readonly quantity: number;
  readonly price: number;
}

/** What a sales file says: its products, each stocked with all that its good rows sell, and the rows that are none. */
export interface Catalog {
  readonly entries: readonly CatalogEntry[];
  readonly sales: readonly Sale[];
  readonly bad: readonly BadRow[];
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

type Draft = Sale & { readonly description: string };

/** Goods have five digits and perhaps letters (85123A), a voucher's or a Dotcomgiftshop code; POST, D, M, C2 … are charges. */
const goods = /^(\d{5}[A-Z]*|GIFT_\d+_\d+|DCGS[A-Z0-9]+)$/;

/** Reads a sales file. Undefined when its first row is not {@link columns}. */
export function readCatalog(text: string): Catalog | undefined {
  let header: CsvRow | undefined;
  const drafts: Draft[] = [];
  const bad: BadRow[] = [];
  const unreadable = readCsv(text, columns.length, (row) => {
    if (header === undefined) {
      header = row;
      return;
    }
    const judged = judge(row);
    if ('reason' in judged) bad.push(judged);
    else drafts.push(judged);
  });
  const isHeader = columns.every((column, index) => header?.cells[index]?.trim() === column);
  const headerLine = header?.line ?? 0;
  if (!isHeader || unreadable.some(({ line }) => line < headerLine)) return undefined;
  return toCatalog(drafts, [...unreadable, ...bad]);
}

/** A price in pence, exactly; undefined unless it is a positive decimal with at most two digits that count. */
export function parsePence(text: string): number | undefined {
  const [, pounds, pence = ''] = /^(\d{1,12})(?:\.(\d{1,2})0*)?$/.exec(text) ?? [];
  if (pounds === undefined) return undefined;
  return Number(pounds + pence.padEnd(2, '0')) || undefined;
}

function judge({ line, cells }: CsvRow): Draft | BadRow {
  const [invoice = '', code = '', text = '', units = '', , unitPrice = ''] = cells.map((cell) => cell.trim());
  const bad = (reason: string): BadRow => ({ line, reason });

  if (invoice === '') return bad('no invoice number');
  if (/^C/i.test(invoice)) return bad(`cancellation ${invoice}`);
  const productId = code.toUpperCase();
  if (!goods.test(productId)) return bad(`stock code "${code}" is no product`);
  if (!/^0*[1-9]\d{0,8}$/.test(units)) return bad(`quantity "${units}" is not a positive whole number`);
  const price = parsePence(unitPrice);
  if (price === undefined) {
    return bad(`price "${unitPrice}" is not a positive amount with at most two decimals`);
  }
  const description = text.replaceAll(/\s+/g, ' ');
  return { line, invoice, productId, description, quantity: Number(units), price };
}

function toCatalog(drafts: readonly Draft[], badSoFar: readonly BadRow[]): Catalog {
  const names = new Map<string, string>();
  for (const { productId, description } of drafts) {
    if (description !== '' && !names.has(productId)) names.set(productId, description);
  }
  const entries = new Map<string, CatalogEntry>();
  const sales: Sale[] = [];
  const bad = [...badSoFar];
  for (const { description: _, ...sale } of drafts) {
    const { line, productId, price, quantity } = sale;
    const name = names.get(productId);
    if (name === undefined) {
      bad.push({ line, reason: `no description, and no other good row of ${productId} has one` });
      continue;
    }
    sales.push(sale);
    const entry = entries.get(productId);
    const inventory = (entry?.product.inventory ?? 0) + quantity;
    const product: CatalogProduct = { productId, name, price, currency: 'GBP', inventory };
    entries.set(productId, { line: entry?.line ?? line, product });
  }
  return { entries: [...entries.values()], sales, bad: bad.toSorted((a, b) => a.line - b.line) };
}
