import type { Topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/topology.ts';
import type { Placed, PlacedLane, Places } from './layout.ts';
import { client, gateway, type Lane, laneOf, type Part } from './parts.ts';

const MARGIN = 4;
const NODE_HEIGHT = 84;
const DEAD_LETTERS = { gap: 10, height: 20 };
const ROW = NODE_HEIGHT + DEAD_LETTERS.gap + DEAD_LETTERS.height + 12;
/** Space above the first row of a lane, for the return paths of its queues and of snapshots. */
const RAILS = 46;
const LANE_GAP = 12;
/** Space right of the queues, for their return paths. */
const TURN = 22;

/** Columns from left to right. */
const columns = {
  client: { x: 4, width: 46 },
  gateway: { x: 68, width: 28 },
  service: { x: 126, width: 92 },
  table: { x: 238, width: 72 },
  relay: { x: 330, width: 72 },
  topic: { x: 422, width: 94 },
  subscription: { x: 576, width: 36 },
  queue: { x: 632, width: 108 },
} as const;
const LANE_X = columns.service.x - 12;
const LANE_END = columns.queue.x + columns.queue.width + TURN;

/** Places the parts of a topology in columns in the order of the event flow, each service in a lane of its own. */
export function placeWide(topology: Topology): Places {
  const services = keys(topology.services);
  let top = MARGIN;
  const placed = services.map((service, index) => {
    const lane = laneOf(topology, service);
    const rows = Math.max(...Object.values(lane).map(({ length }) => length));
    const isMirrored = index > 0 && index >= services.length / 2;
    const size = { x: LANE_X, y: top, width: LANE_END - LANE_X, height: RAILS + rows * ROW };
    top += size.height + LANE_GAP;
    const box = { service, isMirrored, ...size };
    return { box, nodes: nodesOf(lane, box) };
  });
  const height = top - LANE_GAP + MARGIN;
  const edge = MARGIN + RAILS;
  return {
    width: LANE_END + MARGIN,
    height,
    lanes: placed.map(({ box }) => box),
    nodes: [
      { ...client, ...columns.client, y: (height - NODE_HEIGHT) / 2, height: NODE_HEIGHT },
      { ...gateway, ...columns.gateway, y: edge, height: height - 2 * edge },
      ...placed.flatMap(({ nodes }) => nodes),
    ],
  };
}

/** Places the parts of a lane, each above its dead-letter queue, or below in a mirrored lane. */
function nodesOf(cells: Lane, lane: PlacedLane): Placed[] {
  const place = (part: Part | undefined, column: keyof Lane, offset: number, height: number): Placed[] => {
    const y = lane.y + (lane.isMirrored ? lane.height - offset - height : offset);
    return part ? [{ ...part, ...columns[column], y, height }] : [];
  };
  return keys(cells).flatMap((column) =>
    cells[column].flatMap((cell, row) => {
      const y = RAILS + row * ROW;
      return [
        ...place(cell?.part, column, y, NODE_HEIGHT),
        ...place(cell?.deadLetters, column, y + NODE_HEIGHT + DEAD_LETTERS.gap, DEAD_LETTERS.height),
      ];
    }),
  );
}
