/** Part of a text: plain, or code. */
export interface TextPart {
  readonly isCode: boolean;
  readonly value: string;
}

/** Splits a text at its code, which stands between backticks. */
export function textParts(text: string): TextPart[] {
  return text
    .split(/`([^`]+)`/)
    .map((value, index) => ({ isCode: index % 2 === 1, value }))
    .filter(({ value }) => value !== '');
}

/** Whether what is searched has all words of a search, in names, texts or fields. */
export function matches(searched: unknown, search: string): boolean {
  const text = JSON.stringify(searched).toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
