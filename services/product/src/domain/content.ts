/**
 * Content of a product: every field that a merchant may set, except the stock. Money is integer minor units. To add a
 * field, add it here: the compiler reports every place that must handle it.
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

/** Applies a patch to the content. Fields that the patch does not have are unchanged. */
export function applyPatch<C extends Partial<ProductContent>>(content: C, patch: ContentPatch): C {
  const changes = Object.entries(patch).filter(([, value]) => value !== undefined);
  return { ...content, ...Object.fromEntries(changes.map(([field, value]) => [field, value ?? undefined])) };
}

/** Whether two contents are equal. An undefined field counts as absent. */
export function isSameContent(a: Partial<ProductContent>, b: Partial<ProductContent>): boolean {
  const fields = Object.keys({ ...a, ...b }) as (keyof ProductContent)[];
  return fields.every((field) => JSON.stringify(a[field]) === JSON.stringify(b[field]));
}
