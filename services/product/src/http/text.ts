import { z } from 'zod';

/** Characters that end a line or control a terminal: C0, DEL, C1, and the two separators of Unicode. */
const CONTROLS = String.raw`\x00-\x1f\x7f-\x9f\u2028\u2029`;
/** {@link CONTROLS} without tabs and line breaks. */
const TEXT_CONTROLS = String.raw`\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f`;
/** Characters that RFC 3986 does not allow and that a page could take for the end of an attribute or of a URL's part. */
const NOT_IN_URL = String.raw`\s\x00-\x1f\x7f-\x9f"<>\\` + '`';
/**
 * All other characters of the basic plane that are shown as nothing: spaces, format characters and what fonts ignore by
 * Unicode's properties (Z, Cf, Default_Ignorable_Code_Point), and the blank of Braille.
 */
const INVISIBLE =
  String.raw` \u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f` +
  String.raw`\u2000-\u200f\u202a-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb`;
const LINE = `[${INVISIBLE}]*[^${CONTROLS}${INVISIBLE}][^${CONTROLS}]*`;

/** A line with a visible character, as a pattern that needs no backtracking; beyond the basic plane see `isVisible`. */
export const line = new RegExp(`^${LINE}$`, 'u');
const lineOrEmpty = new RegExp(`^(?:${LINE})?$`, 'u');
const isVisible = (text: string) =>
  text === '' || /[^\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u.test(text);

const NOT_LINE = 'must have a visible character, and no control characters or line breaks';
const NOT_TEXT = 'must have no control characters but tabs and line breaks';
const NOT_IMAGE_URL =
  'must be an http or https URL, or a path that begins with one slash, with spaces, quotes and backslashes encoded';

/** Not a pattern: OpenAPI tools in other languages cannot read patterns with surrogates. */
const normalized = z
  .string()
  .normalize('NFC')
  .refine((text) => text.isWellFormed(), { error: 'must be well-formed Unicode', abort: true });

/**
 * Text of one line, in Unicode's composed form (NFC), in which its length counts. Trimmed after the validation, as JSON schema
 * cannot express trimming.
 */
export const lineText = (maxLength: number) => lineMatching(line, maxLength).min(1);

/** Like {@link lineText}, or empty: a parameter of a query. */
export const lineTextOrEmpty = (maxLength: number) => lineMatching(lineOrEmpty, maxLength);

/** Text of several lines, in NFC. */
export const linesText = (maxLength: number) =>
  normalized.max(maxLength).regex(new RegExp(`^[^${TEXT_CONTROLS}]*$`, 'u'), NOT_TEXT);

/**
 * URL that a shop can show as an image: of the schemes http and https, or a path of the shop's own host. What browsers drop (tabs,
 * line breaks) or take for a slash (backslashes) could hide another scheme or host.
 */
export const imageUrl = z
  .string()
  .max(2_000)
  .regex(
    new RegExp(
      `^(?:[Hh][Tt][Tt][Pp][Ss]?://[^${NOT_IN_URL}/?#@]+(?:[/?#][^${NOT_IN_URL}]*)?|/(?:[^${NOT_IN_URL}/][^${NOT_IN_URL}]*)?)$`,
      'u',
    ),
    NOT_IMAGE_URL,
  );

/** Largest number of words of a search. */
const MAX_WORDS = 8;

/** Words of a search; undefined for a blank text. */
export const searchWords = z
  .string()
  .normalize('NFC')
  .max(100)
  .regex(
    new RegExp(`^\\s*(?:\\S+(?:\\s+\\S+){0,${MAX_WORDS - 1}})?\\s*$`, 'u'),
    `must have at most ${MAX_WORDS} words`,
  )
  .meta({ examples: ['bell duo'] })
  .transform((text) => text.trim() || undefined)
  .describe(
    'Words, or beginnings of words, that the name must have, in any order, whatever their case and accents; names that begin with the first word come first',
  );

function lineMatching(pattern: RegExp, maxLength: number) {
  return normalized
    .max(maxLength)
    .regex(pattern, { error: NOT_LINE, abort: true })
    .refine(isVisible, NOT_LINE)
    .trim();
}
