/** Length of the parts in which long lists are validated: the number of lines that a cart may have. */
const PART_LENGTH = 100;
/** Levels of nesting that an event may have: deeper ones are in no schema, and could exhaust the stack. */
const MAX_LEVELS = 8;

/** The value without null fields: producers in other languages send null for an absent field. */
export function withoutNulls(value: object): object {
  return copy(value, { keepsNull: false }) as object;
}

/**
 * An object with long lists, in parts in which no list is long; nothing if it has none. Of a list within a list only the
 * first elements are in a part. An invalid list mostly shows in the first part: a schema reports each fault of its whole input,
 * and would take half a second for 80,000 empty items.
 */
export function* partsOf(value: object): Generator<{ readonly part: object; readonly start: number }> {
  let longest = 0;
  copy(value, { sliceOf: (list) => ((longest = Math.max(longest, list.length)), list) });
  if (longest <= PART_LENGTH) return;
  for (let start = 0; start < longest; start += PART_LENGTH) {
    const sliceOf = (list: readonly unknown[], isInner: boolean) => {
      const first = isInner || start >= list.length ? 0 : start;
      return list.slice(first, first + PART_LENGTH);
    };
    yield { part: copy(value, { sliceOf }) as object, start };
  }
}

interface CopyOptions {
  /** Default: true. */
  readonly keepsNull?: boolean;
  /** Elements of a list that are copied. */
  readonly sliceOf?: (list: readonly unknown[], isInner: boolean) => readonly unknown[];
}

function copy(value: unknown, options: CopyOptions, levels = MAX_LEVELS, isInner = false): unknown {
  const { keepsNull = true, sliceOf = (list) => list } = options;
  if (typeof value !== 'object' || value === null || levels === 0) return value;
  if (Array.isArray(value))
    return sliceOf(value, isInner).map((element) => copy(element, options, levels - 1, true));
  const entries = Object.entries(value).filter(([, field]) => keepsNull || field !== null);
  return Object.fromEntries(
    entries.map(([name, field]) => [name, copy(field, options, levels - 1, isInner)]),
  );
}
