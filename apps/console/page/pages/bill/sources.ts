/** Part of a text, with a link target if it is an AWS URL. */
export interface Part {
  readonly text: string;
  readonly href?: string;
}

/** Splits the source of a price at its AWS URLs. */
export function linked(source: string): Part[] {
  return source
    .split(/(aws\.amazon\.com(?:\/[\w-]+)*)/)
    .filter((text) => text !== '')
    .map((text) => (text.startsWith('aws.amazon.com') ? { text, href: `https://${text}/` } : { text }));
}
