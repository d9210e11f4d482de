/** A whole number, its thousands apart. */
export const count = (value: number): string => value.toLocaleString('en-US', { maximumFractionDigits: 0 });

/** Dollars without cents, for axes and labels. */
export const wholeDollars = (value: number): string =>
  value < 1 ? `$${value}` : `$${value.toLocaleString('en-US', { maximumFractionDigits: 0 })}`;

/** A time of the day, as the reader's clock has it. */
export const time = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');
