/**
 * A merchant's content of a product: every field that a write may set, except the stock. Money is integer minor
 * units. A new field is added here; the compiler then names every place that has to handle it.
 */
export interface ProductContent {
  readonly name: string;
  readonly description?: string | undefined;
  readonly category?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly price: number;
  readonly currency: string;
  /** The largest quantity of a line in a cart. */
  readonly maxPerCart?: number | undefined;
}

/** A merge patch (RFC 7396): null removes an optional field. */
export type ContentPatch = { readonly [F in keyof ProductContent]?: ProductContent[F] | null | undefined };

/** The content after a patch. Fields that the patch leaves out stay. */
export function patched<C extends Partial<ProductContent>>(content: C, patch: ContentPatch): C {
  const changes = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...content, ...Object.fromEntries(changes.map(([field, value]) => [field, value ?? undefined])) };
}

/** Whether two contents are equal; an undefined field is an absent one. */
export function isSameContent(a: Partial<ProductContent>, b: Partial<ProductContent>): boolean {
  const fields = Object.keys({ ...a, ...b }) as (keyof ProductContent)[];
  return fields.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]));
}
