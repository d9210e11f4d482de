import type { ServiceName } from '@tandem/contracts/topology';
import type { Connection } from './connections.ts';
import type { Box, Placed, PlacedLane } from './layout.ts';

/** Drawn arrow: its SVG path, and its end with the direction in degrees (0 is to the right). */
export interface Arrow {
  readonly path: string;
  readonly end: Point & { readonly angle: number };
  readonly middle: Point;
  /** Service that sends on the arrow, or else receives. */
  readonly lane?: ServiceName | undefined;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Distance of each rail from the lane's outer edge. */
const RAIL = { consumed: 26, snapshots: 46 };
/** Distance right of a queue at which its return path turns. */
const TURN = 15;
const CORNER = 9;

/** Draws an arrow between two placed parts. */
export function draw(connection: Connection, nodes: readonly Placed[], lanes: readonly PlacedLane[]): Arrow {
  const from = find(nodes, connection.from);
  const to = find(nodes, connection.to);
  return { ...lineOf(connection, from, to, lanes), lane: from.lane ?? to.lane };
}

function lineOf({ carries }: Connection, from: Placed, to: Placed, lanes: readonly PlacedLane[]): Arrow {
  if (carries === 'failures') return bent(down(from, to));
  if (carries !== 'consumed' && carries !== 'snapshots')
    return curved(leaving(from, to), { x: to.x, y: middle(to).y });
  const lane = lanes.find(({ service }) => service === from.lane);
  if (!lane) throw new Error(`${from.id} is in no lane`);
  return bent(carries === 'consumed' ? back(from, to, lane) : past(from, to, lane));
}

/** Straight from a part to its dead-letter queue: down, or up in a mirrored lane. */
function down(from: Box, to: Box): Point[] {
  const { x } = middle(from);
  return to.y > from.y
    ? [
        { x, y: from.y + from.height },
        { x, y: to.y },
      ]
    : [
        { x, y: from.y },
        { x, y: to.y + to.height },
      ];
}

/** Return path of a queue to its service, along the outer edge of the lane. */
function back(from: Box, to: Box, lane: PlacedLane): Point[] {
  const { y } = middle(from);
  const right = from.x + from.width;
  const x = to.x + to.width * 0.3;
  const rail = railOf(lane, RAIL.consumed);
  return [
    { x: right, y },
    { x: right + TURN, y },
    { x: right + TURN, y: rail },
    { x, y: rail },
    { x, y: outerEdge(to, lane) },
  ];
}

/** Path from a service past its table and relay. */
function past(from: Box, to: Box, lane: PlacedLane): Point[] {
  const x = from.x + from.width * 0.7;
  const rail = railOf(lane, RAIL.snapshots);
  return [
    { x, y: outerEdge(from, lane) },
    { x, y: rail },
    { x: middle(to).x, y: rail },
    { x: middle(to).x, y: outerEdge(to, lane) },
  ];
}

function railOf(lane: PlacedLane, depth: number): number {
  return lane.isMirrored ? lane.y + lane.height - depth : lane.y + depth;
}

function outerEdge(box: Box, lane: PlacedLane): number {
  return lane.isMirrored ? box.y + box.height : box.y;
}

/** Start of an arrow. Arrows of the gateway, which spans all lanes, start at the height of their target. */
function leaving(from: Placed, to: Box): Point {
  const y = from.kind === 'gateway' ? middle(to).y : middle(from).y;
  return { x: from.x + from.width, y: Math.min(Math.max(y, from.y), from.y + from.height) };
}

function curved(from: Point, to: Point): Arrow {
  const half = (from.x + to.x) / 2;
  return {
    path:
      from.y === to.y
        ? `M${from.x} ${from.y}H${to.x}`
        : `M${from.x} ${from.y}C${half} ${from.y} ${half} ${to.y} ${to.x} ${to.y}`,
    end: { ...to, angle: 0 },
    middle: { x: half, y: (from.y + to.y) / 2 },
  };
}

/** Polyline with rounded corners. */
function bent(points: readonly Point[]): Arrow {
  const [start, ...rest] = points;
  const end = rest.at(-1);
  const before = points.at(-2);
  if (!start || !end || !before) throw new Error('a line needs two points');
  const corners = rest.slice(0, -1).map((corner, index) => {
    const entering = towards(corner, points[index] ?? corner);
    const leaving = towards(corner, points[index + 2] ?? corner);
    return `L${entering.x} ${entering.y}Q${corner.x} ${corner.y} ${leaving.x} ${leaving.y}`;
  });
  const longest = points.length > 4 ? [points[2], points[3]] : [points[0], points[1]];
  const [a = start, b = end] = longest;
  return {
    path: `M${start.x} ${start.y}${corners.join('')}L${end.x} ${end.y}`,
    end: { ...end, angle: (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI },
    middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
  };
}

function towards(from: Point, to: Point): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const share = Math.min(CORNER, length / 2) / length;
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function middle({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

function find(nodes: readonly Placed[], id: string): Placed {
  const node = nodes.find((node) => node.id === id);
  if (!node) throw new Error(`No part ${id} in the picture`);
  return node;
}
