interface ChartCursorProps {
  /** Accessible name: what the values are. */
  readonly label: string;
  /** Number of positions. */
  readonly length: number;
  /** Position whose values are shown. */
  readonly position: number;
  /** Values at the position, which a screen reader says. */
  readonly text: string;
  /** Called with the next position; with undefined once the focus leaves. */
  readonly onMove: (position: number | undefined) => void;
}

/** Slider of a chart for the keyboard, beside its drawing: arrow keys, Home and End move through its values. */
export function ChartCursor({ label, length, position, text, onMove }: ChartCursorProps) {
  return (
    <input
      type="range"
      class="hidden chart-cursor"
      min={0}
      max={length - 1}
      value={position}
      aria-label={label}
      aria-valuetext={text}
      onFocus={() => onMove(position)}
      onInput={({ currentTarget }) => onMove(currentTarget.valueAsNumber)}
      onBlur={() => onMove(undefined)}
    />
  );
}
