import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';

/** Difference of two pictures. */
export interface Difference {
  /** Share of the pixels that differ, from 0 to 1; 1 for pictures of different sizes. */
  readonly share: number;
  /** PNG with what differs in red; undefined for pictures of different sizes. */
  readonly picture?: Buffer;
}

/** Compares two PNGs. Pixels count as different from a distance that a reader sees; smoothed edges do not count. */
export function differenceOf(expected: Buffer, actual: Buffer): Difference {
  const [a, b] = [PNG.sync.read(expected), PNG.sync.read(actual)];
  const { width, height } = a;
  if (width !== b.width || height !== b.height) return { share: 1 };
  const diff = new PNG({ width, height });
  const pixels = pixelmatch(a.data, b.data, diff.data, width, height, { threshold: 0.15 });
  return { share: pixels / (width * height), picture: PNG.sync.write(diff) };
}
