import type { ServiceName, Topology } from '@tandem/contracts/topology';
import { keys } from '../../parts/keys.ts';
import { connect, type Connection } from './connections.ts';
import { type Arrow, draw } from './lines.ts';
import { type Cell, client, gateway, type Lane, lanesOf, type Part } from './nodes.ts';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export type Placed = Part & Box;

/** Lane of a service in the picture. Its rails are above its parts, or below them in a mirrored lane. */
export interface PlacedLane extends Box {
  readonly service: ServiceName;
  readonly isMirrored: boolean;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly lanes: readonly PlacedLane[];
  readonly nodes: readonly Placed[];
  readonly arrows: readonly (Connection & Arrow)[];
}

const MARGIN = 8;
const NODE_HEIGHT = 92;
const DEAD_LETTERS = { gap: 16, height: 28 };
const ROW = NODE_HEIGHT + DEAD_LETTERS.gap + DEAD_LETTERS.height + 20;
/** Space above the first row of a lane, for the return paths of its queues and of snapshots. */
const RAILS = 66;
const LANE_GAP = 22;
/** Space right of the queues, for their return paths. */
const TURN = 30;

/** Columns from left to right, with the gap to the previous one and the width. */
const columns = columnsFrom({
  client: { gap: 0, width: 62 },
  gateway: { gap: 34, width: 44 },
  service: { gap: 58, width: 138 },
  table: { gap: 34, width: 100 },
  relay: { gap: 32, width: 120 },
  topic: { gap: 34, width: 118 },
  subscription: { gap: 80, width: 104 },
  queue: { gap: 30, width: 158 },
});

/** Lays out all parts and arrows of a topology, in picture units. Parts do not overlap. */
export function layOut(topology: Topology): Layout {
  const lanes = lanesOf(topology);
  let top = MARGIN;
  const placed = lanes.map((lane, index) => {
    const rows = Math.max(...Object.values(lane.columns).map(({ length }) => length));
    const isMirrored = index > 0 && index >= lanes.length / 2;
    const x = columns.service.x - 18;
    const width = columns.queue.x + columns.queue.width + TURN - x;
    const box = { service: lane.service, isMirrored, x, y: top, width, height: RAILS + rows * ROW };
    top += box.height + LANE_GAP;
    return { box, nodes: nodesOf(lane, box) };
  });
  const height = top - LANE_GAP + MARGIN;
  const boxes = placed.map(({ box }) => box);
  const nodes = [...entrance(height, boxes), ...placed.flatMap(({ nodes }) => nodes)];
  return {
    width: columns.queue.x + columns.queue.width + TURN + MARGIN,
    height,
    lanes: boxes,
    nodes,
    arrows: connect(topology).map((connection) => ({ ...connection, ...draw(connection, nodes, boxes) })),
  };
}

function entrance(height: number, lanes: readonly PlacedLane[]): Placed[] {
  const first = lanes[0]?.y ?? 0;
  const size = columns.client.width;
  return [
    { ...client, ...columns.client, y: (height - size) / 2, height: size },
    { ...gateway, ...columns.gateway, y: first + RAILS, height: height - 2 * (first + RAILS) },
  ];
}

function nodesOf({ columns: cells }: Lane, lane: PlacedLane): Placed[] {
  return Object.entries(cells).flatMap(([column, rows]) =>
    rows.flatMap((cell, row) => (cell ? place(cell, column as keyof typeof columns, row, lane) : [])),
  );
}

function place(
  { part, deadLetters }: Cell,
  column: keyof typeof columns,
  row: number,
  lane: PlacedLane,
): Placed[] {
  const y = RAILS + row * ROW;
  const within = (offset: number, height: number) =>
    lane.y + (lane.isMirrored ? lane.height - offset - height : offset);
  return [
    { ...part, ...columns[column], y: within(y, NODE_HEIGHT), height: NODE_HEIGHT },
    ...(deadLetters
      ? [
          {
            ...deadLetters,
            ...columns[column],
            y: within(y + NODE_HEIGHT + DEAD_LETTERS.gap, DEAD_LETTERS.height),
            height: DEAD_LETTERS.height,
          },
        ]
      : []),
  ];
}

function columnsFrom<K extends string>(widths: Record<K, { readonly gap: number; readonly width: number }>) {
  let end = MARGIN;
  const placed = keys(widths).map((column) => {
    const { gap, width } = widths[column];
    const x = end + gap;
    end = x + width;
    return [column, { x, width }] as const;
  });
  return Object.fromEntries(placed) as Record<K, { readonly x: number; readonly width: number }>;
}
