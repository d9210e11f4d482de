/** Integer with thousands separators. */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** Dollar amount in compact notation, for axes: $0.1, $500, $10K. */
export const shortDollars = (value: number): string =>
  `$${value.toLocaleString('en-US', { notation: 'compact' })}`;

/** Local date and time. */
export const time = (ms: number): string =>
  new Date(ms).toLocaleString('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
