/** Texts of the changes and omissions of an import, by kind. */
const texts = {
  cut: (count: string) => `descriptions cut after 4,000 characters: ${count}`,
  image: (count: string) => `images left out, which are no http(s) address or path: ${count}`,
  negative: (count: string) => `negative stocks set to 0: ${count}`,
  uncounted: (count: string) =>
    `products without a number of units, which have 0 if they are new (--inventory sets another): ${count}`,
  'no product': (count: string) =>
    `rows that are no products of their own, but images, parents or translations: ${count}`,
} as const;

export type NoteKind = keyof typeof texts;

/** Collects notes in constant memory. */
export interface Notes {
  readonly add: (kind: NoteKind, line: number) => void;
  /** Records that an id of the file is another one as a product's id. */
  readonly recordMappedId: (line: number, text: string, id: string) => void;
  readonly texts: () => readonly string[];
}

/** Mapped ids that are listed. */
const LISTED = 10;

export function createNotes(): Notes {
  const kinds = new Map<NoteKind, { count: number; readonly line: number }>();
  const listed: string[] = [];
  let mapped = 0;
  return {
    add(kind, line) {
      const known = kinds.get(kind);
      if (known) known.count += 1;
      else kinds.set(kind, { count: 1, line });
    },
    recordMappedId(line, text, id) {
      mapped += 1;
      if (mapped <= LISTED) listed.push(`line ${line}: the id "${text}" becomes ${id}`);
    },
    texts() {
      const more = mapped - listed.length;
      const counts = [...kinds].map(
        ([kind, { count, line }]) => `${texts[kind](count.toLocaleString('en'))} (first: line ${line})`,
      );
      return [
        ...listed,
        ...(more > 0 ? [`further ids mapped in the same way: ${more.toLocaleString('en')}`] : []),
        ...counts,
      ];
    },
  };
}
