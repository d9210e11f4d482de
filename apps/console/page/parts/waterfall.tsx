import { Table } from './controls.tsx';
import { duration } from './format.ts';
import './waterfall.css';

/** Line of a waterfall: a span in milliseconds, which may have no length. */
export interface WaterfallLine {
  readonly kind: string;
  readonly description: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** Margin of the time column on either side in percent, for marks without a duration. */
const MARGIN_PERCENT = 2;

/** Spans in order, each with its start as text and as a bar. */
export function Waterfall({
  label,
  lines,
}: {
  readonly label: string;
  readonly lines: readonly WaterfallLine[];
}) {
  const length = lengthOf(lines);
  const percent = (ms: number) => (length === 0 ? 0 : (ms / length) * (100 - 2 * MARGIN_PERCENT));
  return (
    <Table
      label={label}
      class="waterfall"
      columns={['Step', 'Description', '#After', 'When']}
      rows={lines.map(({ kind, description, startMs, endMs }) => [
        <>{kind}</>,
        description,
        duration(startMs),
        <span
          aria-hidden="true"
          class={`span ${kind}`}
          style={{ left: `${MARGIN_PERCENT + percent(startMs)}%`, width: `${percent(endMs - startMs)}%` }}
        />,
      ])}
    />
  );
}

/** End of the last span in milliseconds. */
function lengthOf(lines: readonly WaterfallLine[]): number {
  return Math.max(0, ...lines.map(({ endMs }) => endMs));
}
