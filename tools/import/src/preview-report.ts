import type { ProductContent } from '@tandem/product/domain/content';

/** Value of a field before and after an import; undefined: none. */
export interface FieldChange {
  readonly field: keyof ProductContent | 'onHand';
  readonly before: string | number | undefined;
  readonly after: string | number | undefined;
}

/** Effect that the import of a row would have. */
export interface PreviewRow {
  readonly line: number;
  readonly productId: string;
  readonly name: string;
  /** Currency of prices after the import. */
  readonly currency: string;
  readonly outcome: 'created' | 'updated';
  readonly changes: readonly FieldChange[];
}

/** What an import of a file would create, change and reject. */
export interface Preview {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  /** The first rows that would create or change a product. */
  readonly rows: readonly PreviewRow[];
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
}
