import { compile } from 'html-to-text';

/** A tag, or a character reference. */
const MARKUP = /<(?:[a-z!/])[^>]*>|&(?:[a-z]{2,}|#\d+|#x[\da-f]+);/i;

const toText = compile({
  wordwrap: false,
  selectors: [
    { selector: 'a', options: { ignoreHref: true } },
    { selector: 'img', format: 'skip' },
    { selector: 'script', format: 'skip' },
    { selector: 'style', format: 'skip' },
    ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({ selector, options: { uppercase: false } })),
    { selector: 'table', format: 'dataTable', options: { uppercaseHeaderCells: false } },
  ],
});

/** The text of a description: HTML without its tags, images and links; what has no markup, as it is. */
export function plainText(html: string): string {
  if (!MARKUP.test(html)) return html.trim();
  return toText(html)
    .replaceAll(/[^\S\n]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim();
}

/** The text of a name or category in one line. */
export function lineOfText(html: string): string {
  return plainText(html).replaceAll(/\s+/g, ' ');
}
