import { describe, requestUntil } from '@tandem/cli/api-client';
import { DomainError } from '@tandem/chassis/errors';
import { applyPatch, type ProductContent } from '@tandem/product/domain/content';
import { requireContent } from '@tandem/product/domain/import';
import type { ProductView } from '@tandem/product/domain/view';
import { createLineReader, faultsOf, type ImportLine } from '@tandem/product/http/import-line';
import { numberedLines } from '@tandem/product/http/lines';
import type { BadRow } from './file/csv.ts';
import type { FieldChange, Preview, PreviewRow } from './preview-report.ts';
import type { Source } from './source.ts';

/** Longest line of a body, as the API has it. */
const MAX_LINE_BYTES = 64 * 1024;
/** Products of one request. */
const BATCH = 100;
/** Concurrent requests for descriptions, which lists omit. */
const CONCURRENCY = 8;
/** Rows that a preview shows. */
const MAX_ROWS = 100;
const DEADLINE_MS = 30_000;

type ValidLine = Exclude<ImportLine, { readonly reason: string }>;

/**
 * Compares a source with the products of the system at `url`, by its public API: what an import would create, change and reject.
 * Writes nothing. A product that occurs twice is compared with its present state both times. Rejects with a DomainError when the
 * system does not respond.
 */
export async function preview(
  url: string,
  source: Source,
  onProgress: (done: number) => unknown,
  { isStockCount = false, signal }: { readonly isStockCount?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Preview> {
  const readLine = createLineReader();
  const counts = { created: 0, updated: 0, unchanged: 0 };
  const rows: PreviewRow[] = [];
  const rejected: BadRow[] = [];
  const get = async <T>(path: string): Promise<T | undefined> => {
    const options = { deadlineMs: DEADLINE_MS, signal };
    const outcome = await requestUntil(url, { method: 'GET', path }, isFinal, options);
    if ('response' in outcome && outcome.response.status === 404) return undefined;
    if ('response' in outcome && outcome.response.status === 200) return outcome.response.body as T;
    const reason = 'response' in outcome ? describe(outcome.response) : outcome.reason;
    throw new DomainError('unavailable', 'unreachable', `The products could not be read: ${reason}`);
  };

  const compareAll = async (batch: readonly { readonly line: number; readonly product: ValidLine }[]) => {
    const ids = [...new Set(batch.map(({ product }) => product.productId))].join(',');
    const page = await get<{ readonly items: readonly ProductView[] }>(`/products?ids=${ids}`);
    const stored = new Map(page?.items.map((product) => [product.productId, product]));
    const described = [...stored.keys()].filter((id) =>
      batch.some(({ product }) => product.productId === id && product.fields.description !== undefined),
    );
    for (let start = 0; start < described.length; start += CONCURRENCY)
      await Promise.all(
        described.slice(start, start + CONCURRENCY).map(async (id) => {
          const product = await get<ProductView>(`/products/${id}`);
          if (product) stored.set(id, product);
        }),
      );
    for (const { line, product } of batch) {
      const row = compare(stored.get(product.productId), product, isStockCount);
      if ('reason' in row) rejected.push(source.reject(line, row.reason));
      else {
        counts[row.outcome] += 1;
        const { outcome } = row;
        if (outcome !== 'unchanged' && rows.length < MAX_ROWS)
          rows.push({ ...row, outcome, line: source.reject(line, '').line });
      }
    }
  };

  let batch: { line: number; product: ValidLine }[] = [];
  for await (const numbered of numberedLines(source.body(onProgress), MAX_LINE_BYTES)) {
    signal?.throwIfAborted();
    const product = readLine(numbered);
    if ('reason' in product) rejected.push(source.reject(numbered.line, product.reason));
    else batch.push({ line: numbered.line, product });
    if (batch.length < BATCH) continue;
    await compareAll(batch);
    batch = [];
  }
  if (batch.length > 0) await compareAll(batch);
  const bad = [...source.bad, ...rejected].sort((a, b) => a.line - b.line);
  return { ...counts, rows, bad };
}

function isFinal({ status }: { readonly status: number }): boolean {
  return status === 200 || status === 404;
}

type Comparison = Omit<PreviewRow, 'line' | 'outcome'> & {
  readonly outcome: keyof Omit<Preview, 'rows' | 'bad'>;
};

/** Effect of a line on a product, by the rules of an import; the reason if it would be rejected. */
export function compare(
  stored: ProductView | undefined,
  { productId, fields: { inventory, ...fields } }: ValidLine,
  isStockCount: boolean,
): Comparison | { readonly reason: string } {
  if (stored === undefined) {
    try {
      const content = requireContent(fields);
      const { name, currency } = content;
      const changes = [
        ...changesOf({}, content),
        { field: 'onHand', before: undefined, after: inventory ?? 0 } as const,
      ];
      return { productId, name, currency, outcome: 'created', changes };
    } catch (error) {
      if (error instanceof DomainError) return { reason: faultsOf(error) };
      throw error;
    }
  }
  const after = applyPatch<ProductContent>(stored, fields);
  const isCount = isStockCount && inventory !== undefined && inventory !== stored.onHand;
  const changes = [
    ...changesOf(stored, after),
    ...(isCount ? [{ field: 'onHand', before: stored.onHand, after: inventory } as const] : []),
  ];
  const outcome = changes.length === 0 ? 'unchanged' : 'updated';
  return { productId, name: after.name, currency: after.currency, outcome, changes };
}

const fieldNames = [
  'name',
  'description',
  'category',
  'imageUrl',
  'price',
  'currency',
  'maxPerCart',
] as const satisfies readonly (keyof ProductContent)[];

function changesOf(before: Partial<ProductContent>, after: ProductContent): FieldChange[] {
  return fieldNames
    .filter((field) => before[field] !== after[field])
    .map((field) => ({ field, before: before[field], after: after[field] }));
}
