import type { FieldChange, PreviewRow } from '@tandem/import/preview-report';
import { Table } from '../../../parts/controls.tsx';
import { formatMoney, integer } from '../../../parts/format.ts';
import type { ImportResult } from './import-file.ts';
import { labels } from '../product/draft.ts';

/** Longest text of a value, in characters. */
const MAX_TEXT = 60;

/** Products that an import would create or change, with each change. */
export function PreviewTable({ preview }: { readonly preview: Extract<ImportResult, { kind: 'preview' }> }) {
  const { rows, created, updated } = preview;
  if (rows.length === 0) return null;
  return (
    <>
      <Table
        label="Products that change"
        class="preview"
        columns={['Product', 'Effect', 'Fields', '#Line']}
        rows={rows.map((row) => [row.name, effects[row.outcome], <Changes row={row} />, integer(row.line)])}
      />
      {rows.length < created + updated && (
        <p class="small">
          The first {integer(rows.length)} of {integer(created + updated)} products.
        </p>
      )}
    </>
  );
}

const effects = { created: 'New', updated: 'Changed' } as const;

function Changes({ row: { changes, currency, outcome } }: { readonly row: PreviewRow }) {
  return (
    <ul class="list">
      {changes
        .filter(({ field }) => field !== 'name' || outcome === 'updated')
        .map((change) => (
          <li key={change.field}>
            {change.field === 'onHand' ? 'On hand' : labels[change.field]}:{' '}
            {outcome === 'updated' && (
              <>
                <s>{textOf(change.before, change, currency)}</s>{' '}
              </>
            )}
            {textOf(change.after, change, currency)}
          </li>
        ))}
    </ul>
  );
}

function textOf(value: string | number | undefined, { field }: FieldChange, currency: string): string {
  if (value === undefined) return 'none';
  if (field === 'price') return formatMoney(Number(value), currency);
  const text = typeof value === 'number' ? integer(value) : value;
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}
