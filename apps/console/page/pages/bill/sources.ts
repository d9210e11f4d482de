/** A part of a text, and where it leads if it is an address of AWS. */
export interface Part {
  readonly text: string;
  readonly href?: string;
}

/** Finds AWS's addresses in what a price list names as its source. */
export function linked(source: string): Part[] {
  return source
    .split(/(aws\.amazon\.com(?:\/[\w-]+)*)/)
    .filter((text) => text !== '')
    .map((text) => (text.startsWith('aws.amazon.com') ? { text, href: `https://${text}/` } : { text }));
}
