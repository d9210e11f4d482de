/**
 * Characters that a terminal or a log viewer does not show as they are: controls (C0, C1, DEL), which may move the cursor or set the
 * clipboard; bidirectional formatting, which reorders what is read; line separators; lone surrogates; and everything that
 * Unicode shows as nothing at all.
 */
const unprintable = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;
const unprintableInLines = /[[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]--\n]/gv;
/** The part of them that no text in a language or emoji needs: joiners, variation selectors and the like stay. */
const unshowable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu;

/** The text in one line: every control and invisible character is replaced by its escape in JSON, such as `\u001b`. */
export function printable(text: string): string {
  return text.replaceAll(unprintable, escaped);
}

/** Like {@link printable}, but keeps line feeds. JSON stays the same JSON, as only strings can hold such characters. */
export function printableLines(text: string): string {
  return text.replaceAll(unprintableInLines, escaped);
}

/** The text in one line for a page: like {@link printable}, but emoji and names in any language stay as they are. */
export function showable(text: string): string {
  return text.replaceAll(unshowable, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
