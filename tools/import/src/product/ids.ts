/** Ids of products: those that need no escaping in a path. */
const VALID = /^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/;
/** Start of an id whose first character is escaped, since an id begins with a letter or digit; no other id begins so. */
const PREFIX = 'x~~';

/** Whether the text may be a product's id as it is. */
export function isValidId(text: string): boolean {
  return VALID.test(text);
}

/**
 * Maps any text to an id, reversibly: each byte that an id may not have becomes `~` and its two hex digits, as does a tilde. A
 * text of letters, digits, dots, underscores and hyphens that begins with a letter or digit stays as it is. The id may be too
 * long for a product. Throws a URIError for a text with half a surrogate pair.
 */
export function encodeId(text: string): string {
  const encoded = encodeURIComponent(text)
    .replaceAll(/[!~*'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%', '~');
  return /^[A-Za-z0-9]/.test(encoded) ? encoded : PREFIX + encoded;
}

/** The text that {@link encodeId} mapped to `id`. */
export function decodeId(id: string): string {
  const encoded = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : id;
  return decodeURIComponent(encoded.replaceAll('~', '%'));
}
