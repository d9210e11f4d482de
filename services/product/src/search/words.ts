/** Accents that Unicode's decomposition separates from their letters: of Latin, Greek and Cyrillic letters. */
const ACCENTS = /[\u0300-\u036f]/g;
const NOT_A_WORD = /[^\p{L}\p{M}\p{N}]+/u;

/**
 * The words of a text, letters and digits alone, such that words that differ by case, accents or Unicode's form are equal:
 * `Straße` and `STRASSE`, `é` and `e`, `ﬁ` and `fi`.
 */
export function wordsOf(text: string): readonly string[] {
  const folded = text.normalize('NFKD').replaceAll(ACCENTS, '').toUpperCase().normalize('NFC');
  return folded.split(NOT_A_WORD).filter((word) => word !== '');
}
