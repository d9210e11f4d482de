import type { ServiceName, Topology } from '@tandem/contracts/topology';
import type { Box } from './geometry.ts';
import { type Arrow, drawAll } from './lines.ts';
import type { Connection, Part } from './parts.ts';
import { placeUpright } from './place-upright.ts';
import { placeWide } from './place-wide.ts';

/** Shape of the picture: events flow from left to right, or on a phone through one service below the other. */
export type Shape = 'wide' | 'upright';

/** Part with its place. What is reversed has its entry at the right. */
export type Placed = Part & Box & { readonly isReversed?: boolean };

/** Lane of a service in the picture. Its rails are above its parts, or below them in a mirrored lane. */
export interface PlacedLane extends Box {
  readonly service: ServiceName;
  readonly isMirrored: boolean;
}

/** Places of all parts, without arrows. */
export interface Places {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly PlacedLane[];
  readonly nodes: readonly Placed[];
}

export interface Layout extends Places {
  readonly shape: Shape;
  readonly arrows: readonly (Connection & Arrow)[];
}

/**
 * Lays out all parts and arrows of a topology, in picture units. Parts do not overlap. A picture that is wider than its minimum
 * `width` is spread.
 */
export function layOut(topology: Topology, shape: Shape = 'wide', width = 0): Layout {
  const places = spread((shape === 'wide' ? placeWide : placeUpright)(topology), width);
  return { ...places, shape, arrows: drawAll(topology, places, shape) };
}

/** Spreads places over a width, if it is larger. */
function spread(places: Places, width: number): Places {
  const factor = Math.max(1, width / places.width);
  const stretched = <T extends Box>(box: T): T => ({ ...box, x: box.x * factor, width: box.width * factor });
  return {
    width: places.width * factor,
    height: places.height,
    lanes: places.lanes.map(stretched),
    nodes: places.nodes.map(stretched),
  };
}
