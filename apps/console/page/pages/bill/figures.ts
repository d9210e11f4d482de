/** A whole number, its thousands apart. */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** Dollars in as few letters as an axis has room for: $0.1, $500, $10K. */
export const shortDollars = (value: number): string =>
  `$${value.toLocaleString('en-US', { notation: 'compact' })}`;

/** A time, as the reader's clock has it. */
export const time = (ms: number): string =>
  new Date(ms).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
