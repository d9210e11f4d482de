import type { Preview } from '@tandem/import/preview-report';

/**
 * Import of a product file by the console.
 *
 *     POST /console/import?name&dryRun&stock&currency&decimal   operator application/octet-stream, the file
 *
 * The response is a stream of {@link ImportMessage}s, a JSON object a line; the last one is a result or a failure. The import
 * ends when the request is aborted; what was written stays.
 */
export interface ImportQuery {
  /** Name of the file; its ending determines the format. */
  readonly name: string;
  /** Compare only: nothing is written. */
  readonly dryRun?: 'true' | undefined;
  /** Whether the inventory of the file is a count of the stock on hand of existing products. */
  readonly stock?: 'count' | undefined;
  /** Currency of prices that name none. */
  readonly currency?: string | undefined;
  /** Decimal mark of prices; default: as the prices of the file show. */
  readonly decimal?: 'point' | 'comma' | undefined;
}

export type ImportMessage =
  | { readonly kind: 'progress'; readonly done: number; readonly total: number; readonly unit: string }
  /** The system does not take a part of the file now; it is sent again. */
  | { readonly kind: 'waiting'; readonly reason: string }
  | ({ readonly kind: 'preview' } & ImportNotes & Preview)
  | ({ readonly kind: 'imported' } & ImportNotes & ImportCounts)
  | { readonly kind: 'failed'; readonly detail: string };

/** Format of the file, and how products differ from it. */
export interface ImportNotes {
  readonly format: string;
  readonly notes: readonly string[];
}

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
  /** Rejected rows that are not listed. */
  readonly unlisted: number;
}
