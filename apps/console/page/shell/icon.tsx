/** Outlines on a grid of 20 by 20. */
const paths = {
  bag: 'M4 7h12l-1 10H5L4 7Zm3 0V6a3 3 0 0 1 6 0v1',
  tag: 'M3 4h6l8 8-5 5-8-8V4Zm3.5 3.5h.01',
  flow: 'M3 6h4m6 0h4M3 14h4m6 0h4M7 4h6v4H7V4Zm0 8h6v4H7v-4Z',
  letter: 'M3 5h14v10H3V5Zm0 1 7 5 7-5',
  bolt: 'M11 2 4 12h5l-1 6 7-10h-5l1-6Z',
  chart: 'M3 17h14M5 17V9m5 8V4m5 13v-6',
  receipt: 'M5 2h10v16l-2.5-1.5L10 18l-2.5-1.5L5 18V2Zm3 5h4m-4 4h4',
  book: 'M10 5C8 3.5 5.5 3.5 3 4v12c2.5-.5 5-.5 7 1m0-12c2-1.5 4.5-1.5 7-1v12c-2.5-.5-5-.5-7 1m0-12v12',
  sun: 'M10 6.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10 2v2m0 12v2M2 10h2m12 0h2M4.5 4.5 6 6m8 8 1.5 1.5m0-11L14 6m-8 8-1.5 1.5',
  moon: 'M16.5 12A7 7 0 0 1 8 3.5a7 7 0 1 0 8.5 8.5Z',
  device: 'M3 4h14v9H3V4Zm4 12h6',
} as const;
export type IconName = keyof typeof paths;

/** Decorative icon in the colour of the text. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
