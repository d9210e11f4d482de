import type { Topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/topology.ts';
import type { Placed, PlacedLane, Places } from './layout.ts';
import { type Cell, client, gateway, type Lane, laneOf } from './parts.ts';

const WIDTH = 356;
const LANE = { x: 18, end: 330, gap: 10 };
const TOP = { y: 4, height: 40 };
const NODE_HEIGHT = 84;
/** Space above the first row of a lane, for the path of snapshots. */
const RAIL = 24;
const DEAD_LETTERS = { gap: 9, height: 18 };
/** Height of a part with its dead-letter queue. */
const CELL = NODE_HEIGHT + DEAD_LETTERS.gap + DEAD_LETTERS.height;
const FILTER_HEIGHT = 36;
const FILTER_ROW = FILTER_HEIGHT + DEAD_LETTERS.gap + DEAD_LETTERS.height + 8;
const ROW_GAP = 16;

/** Columns of the upper row, from which events leave, and of the lower rows, by which they return to the service. */
const columns = {
  service: { x: 26, width: 72 },
  table: { x: 109, width: 58 },
  relay: { x: 178, width: 54 },
  topic: { x: 242, width: 84 },
  subscription: { x: 276, width: 48 },
  queue: { x: 130, width: 108 },
} as const;

/** Places the parts of a topology for a narrow screen: the services one below the other, each with what it sends above what it receives. */
export function placeUpright(topology: Topology): Places {
  let top = TOP.y + TOP.height + 16;
  const placed = keys(topology.services).map((service) => {
    const { nodes, end } = placeLane(laneOf(topology, service), top);
    const size = { x: LANE.x, y: top, width: LANE.end - LANE.x, height: end + 8 - top };
    top += size.height + LANE.gap;
    const lane: PlacedLane = { service, isMirrored: false, ...size };
    return { lane, nodes };
  });
  return {
    width: WIDTH,
    height: top - LANE.gap + 4,
    lanes: placed.map(({ lane }) => lane),
    nodes: [
      { ...gateway, x: 2, y: TOP.y, width: 250, height: TOP.height },
      { ...client, x: 288, y: TOP.y, width: TOP.height, height: TOP.height },
      ...placed.flatMap(({ nodes }) => nodes),
    ],
  };
}

function placeLane(lane: Lane, top: number): { readonly nodes: readonly Placed[]; readonly end: number } {
  const y = top + RAIL;
  const upper = (['service', 'table', 'relay', 'topic'] as const).flatMap((column) =>
    placeCell(lane[column][0], column, y, NODE_HEIGHT),
  );
  let end = y + CELL;
  const lower: Placed[] = [];
  let next = 0;
  for (const [row, subscription] of lane.subscription.entries()) {
    if (lane.queue[row]) {
      next = end + ROW_GAP;
      lower.push(...placeCell(lane.queue[row], 'queue', next, NODE_HEIGHT));
      end = next + CELL;
    }
    lower.push(...placeCell(subscription, 'subscription', next, FILTER_HEIGHT));
    next += FILTER_ROW;
    end = Math.max(end, next);
  }
  return { nodes: [...upper, ...lower.map((node) => ({ ...node, isReversed: true }))], end };
}

/** Places a part above its dead-letter queue. */
function placeCell(
  cell: Cell | undefined,
  column: keyof typeof columns,
  y: number,
  height: number,
): Placed[] {
  if (!cell) return [];
  const below = { y: y + height + DEAD_LETTERS.gap, height: DEAD_LETTERS.height };
  return [
    { ...cell.part, ...columns[column], y, height },
    ...(cell.deadLetters ? [{ ...cell.deadLetters, ...columns[column], ...below }] : []),
  ];
}
