import { useState } from 'preact/hooks';
import { readProducts, type Product } from '../../commerce.ts';
import { useRead } from '../../query.ts';

/** What a picture shows. */
export type Pictured = Pick<Product, 'name' | 'category' | 'imageUrl'>;

/**
 * Picture of a product, decorative: its name stands beside it. A glyph of its category stands in for a missing image, and for
 * one of another host, from which the console loads nothing.
 */
export function ProductImage({ product }: { readonly product: Pictured }) {
  const { imageUrl } = product;
  const [failed, setFailed] = useState<string>();
  if (!imageUrl?.startsWith('/') || imageUrl === failed) return <Glyph product={product} />;
  return (
    <img
      class="picture"
      src={imageUrl}
      alt=""
      width={320}
      height={240}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(imageUrl)}
    />
  );
}

/** Two circles in the hue of the category, and the first letter of the product. */
function Glyph({ product: { name, category = '' } }: { readonly product: Pictured }) {
  const hue = hueOf(category);
  const ring = `oklch(62% 0.11 ${hue})`;
  return (
    <svg
      class="picture"
      viewBox="0 0 320 240"
      aria-hidden="true"
      style={{ background: `oklch(90% 0.04 ${hue})` }}
    >
      <g fill="none" stroke={ring} stroke-width="10">
        <circle cx="130" cy="120" r="62" />
        <circle cx="190" cy="120" r="62" opacity="0.55" />
      </g>
      <text x="160" y="120" text-anchor="middle" dominant-baseline="central" fill={`oklch(38% 0.09 ${hue})`}>
        {Array.from(name)[0]?.toUpperCase()}
      </text>
    </svg>
  );
}

/** Hue of a category in degrees: the same for the same name. */
function hueOf(category: string): number {
  let hash = 7;
  for (const character of category) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 360;
  return hash;
}

/** Pictures of products by their ids, read once; a glyph of the name until then. */
export function usePictures(ids: readonly string[]): (id: string, name: string) => Pictured {
  const wanted = [...new Set(ids)].sort().slice(0, 100).join(',');
  const { data } = useRead(['pictures', wanted], () => readProducts({ ids: wanted }, { isOwnRead: true }), {
    enabled: wanted !== '',
    placeholderData: (former) => former,
  });
  return (id, name) => data?.items.find(({ productId }) => productId === id) ?? { name };
}
