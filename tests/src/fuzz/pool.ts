/** The texts that answers gave, by the names of their fields: so that later requests speak of what exists. */
export interface Pool {
  /** The nth newest text that suits a field or parameter of this name, if any is known. */
  recent(name: string, nth: number): string | undefined;
  /** Takes every text out of a JSON value, or one by its name. */
  learn(value: unknown, name?: string): void;
  /** Puts what is gone behind everything else of its name: it is still spoken of, but seldom. */
  demote(text: string, name: string): void;
}

/** What a list teaches: a whole page would push out what single requests are about. */
const OF_A_LIST = 2;

/** What `recent` remembers of a name. */
export const CAPACITY = 50;

/** Names of inputs whose values are answered under another name. */
const sources: Readonly<Record<string, string>> = {
  'if-match': 'etag',
  'if-none-match': 'etag',
  cursor: 'nextcursor',
  ids: 'productid',
};

export function createPool(): Pool {
  const texts = new Map<string, string[]>();

  const known = (name: string): readonly string[] => {
    const wanted = sources[name.toLowerCase()] ?? name.toLowerCase();
    // A `fromCartId` is a `cartId`.
    const suiting = texts.get(wanted) ?? [...texts].find(([other]) => wanted.endsWith(other))?.[1];
    return suiting ?? [];
  };

  function learn(value: unknown, name = ''): void {
    if (Array.isArray(value)) for (const item of value.slice(0, OF_A_LIST)) learn(item, name);
    else if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) learn(inner, key);
    else if (typeof value === 'string' && value !== '') {
      const newest = texts.get(name.toLowerCase()) ?? [];
      texts.set(name.toLowerCase(), [value, ...newest.filter((text) => text !== value)].slice(0, CAPACITY));
    }
  }

  return {
    recent: (name, nth) => {
      const candidates = known(name);
      return candidates[nth % candidates.length];
    },
    learn,
    demote: (text, name) => {
      const others = (texts.get(name.toLowerCase()) ?? []).filter((other) => other !== text);
      texts.set(name.toLowerCase(), [...others, text]);
    },
  };
}
