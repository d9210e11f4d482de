import { readCsv, type BadRow, type CsvRow } from './csv.ts';

/** Product for `POST /products/import`; the price is in pence. */
export interface CatalogProduct {
  readonly productId: string;
  readonly name: string;
  readonly price: number;
  readonly currency: 'GBP';
  readonly inventory: number;
}

/** Product with the line of its first valid row. */
export interface CatalogEntry {
  readonly line: number;
  readonly product: CatalogProduct;
}

/** Valid row: the quantity of a product on an invoice, with the price in pence. */
export interface Sale {
  readonly line: number;
  readonly invoice: string;
  readonly productId: string;
  readonly quantity: number;
  readonly price: number;
}

/** Content of a sales file: its products, each with the sum of its sold quantities as stock, its sales, and its bad rows. */
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

/** Stock codes of products: five digits and letters (85123A), gift vouchers, Dotcomgiftshop codes. POST, D, M, C2 … are charges. */
const productCode = /^(\d{5}[A-Z]*|GIFT_\d+_\d+|DCGS[A-Z0-9]+)$/;

/** Parses a sales file. Returns undefined when its first row is not {@link columns}. */
export function readCatalog(text: string): Catalog | undefined {
  let header: CsvRow | undefined;
  const drafts: Draft[] = [];
  const bad: BadRow[] = [];
  const unreadable = readCsv(text, columns.length, (row) => {
    if (header === undefined) {
      header = row;
      return;
    }
    const parsed = parseRow(row);
    if ('reason' in parsed) bad.push(parsed);
    else drafts.push(parsed);
  });
  const isHeader = columns.every((column, index) => header?.cells[index]?.trim() === column);
  const headerLine = header?.line ?? 0;
  if (!isHeader || unreadable.some(({ line }) => line < headerLine)) return undefined;
  return toCatalog(drafts, [...unreadable, ...bad]);
}

/** Parses a price to pence, exactly; undefined unless it is positive with at most two significant decimals. */
export function parsePence(text: string): number | undefined {
  const [, pounds, pence = ''] = /^(\d{1,12})(?:\.(\d{1,2})0*)?$/.exec(text) ?? [];
  if (pounds === undefined) return undefined;
  return Number(pounds + pence.padEnd(2, '0')) || undefined;
}

function parseRow({ line, cells }: CsvRow): Draft | BadRow {
  const [invoice = '', code = '', text = '', units = '', , unitPrice = ''] = cells.map((cell) => cell.trim());
  const bad = (reason: string): BadRow => ({ line, reason });

  if (invoice === '') return bad('no invoice number');
  if (/^C/i.test(invoice)) return bad(`cancellation ${invoice}`);
  const productId = code.toUpperCase();
  if (!productCode.test(productId)) return bad(`stock code "${code}" is not a product`);
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
      bad.push({ line, reason: `no description in any valid row of ${productId}` });
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
