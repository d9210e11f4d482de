import { useState } from 'preact/hooks';

/** Small picture of a product; its initial without one, or while its picture cannot be loaded. */
export function Thumbnail({
  name,
  imageUrl,
}: {
  readonly name: string;
  readonly imageUrl?: string | undefined;
}) {
  const [failed, setFailed] = useState<string>();
  // The page loads nothing from other sites.
  if (!imageUrl?.startsWith('/') || imageUrl === failed)
    return (
      <span class="thumbnail" aria-hidden="true">
        {String.fromCodePoint(name.trim().codePointAt(0) ?? 0x20).toUpperCase()}
      </span>
    );
  return <img class="thumbnail" src={imageUrl} alt="" loading="lazy" onError={() => setFailed(imageUrl)} />;
}
