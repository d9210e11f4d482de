import type { ComponentChildren } from 'preact';

interface TableProps {
  /** Accessible name. */
  readonly label: string;
  readonly class?: string;
  /** Titles of the columns; those with numbers are right-aligned. */
  readonly columns: readonly (string | { readonly number: string })[];
  /** Rows of the body. */
  readonly children: ComponentChildren;
}

/** Table in a region that scrolls by itself, also with the keyboard. */
export function Table({ label, class: className, columns, children }: TableProps) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={label}>
      <table class={className}>
        <thead>
          <tr>
            {columns.map((column) =>
              typeof column === 'string' ? (
                <th key={column} scope="col">
                  {column}
                </th>
              ) : (
                <th key={column.number} scope="col" class="number">
                  {column.number}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
