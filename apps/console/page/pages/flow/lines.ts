import type { ServiceName, Topology } from '@tandem/contracts/topology';
import {
  type Box,
  bent,
  centreOf,
  curved,
  downward,
  type Line,
  overlap,
  type Point,
  pointAlong,
} from './geometry.ts';
import type { Placed, PlacedLane, Places, Shape } from './layout.ts';
import { lineUpright } from './lines-upright.ts';
import { connect, type Connection } from './parts.ts';

/** Drawn arrow: its SVG path, and its end with the direction in degrees (0 is to the right). */
export interface Arrow {
  readonly path: string;
  readonly end: Point & { readonly angle: number };
  readonly middle: Point;
  /** Centre of the number of an arrow; numbers do not overlap. */
  readonly label: Point;
  /** Service that sends on the arrow, or else receives. */
  readonly lane?: ServiceName | undefined;
}

/** Distance of each rail from the lane's outer edge. */
const RAIL = { consumed: 16, snapshots: 31 };
/** Distance right of a queue at which its return path turns. */
const TURN = 12;
/** Size of the number of an arrow. */
const LABEL = { width: 34, height: 14 };
/** Shares of an arrow's length at which its number may stand, best first. */
const shares = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74, 0.18, 0.82, 0.1, 0.9, 0.04, 0.96];

/** Draws all arrows of a topology between its placed parts. */
export function drawAll(topology: Topology, places: Places, shape: Shape): (Connection & Arrow)[] {
  const nodes = new Map(places.nodes.map((node) => [node.id, node]));
  const labels: Box[] = [];
  return connect(topology).map((connection) => {
    const [from, to] = [find(nodes, connection.from), find(nodes, connection.to)];
    const line = (shape === 'wide' ? lineWide : lineUpright)(connection, from, to, places);
    const box = placeLabel(line, labels, places.nodes);
    labels.push(box);
    const end = line.points.at(-1) ?? centreOf(to);
    return {
      ...connection,
      path: line.path,
      end: { x: end.x, y: end.y, angle: line.angle },
      middle: pointAlong(line.points, 0.5),
      label: centreOf(box),
      lane: from.lane ?? to.lane,
    };
  });
}

/** Box of an arrow's number: away from all other numbers, and from the parts if possible. */
function placeLabel({ points }: Line, labels: readonly Box[], nodes: readonly Box[]): Box {
  const boxes = shares.map((share): Box => {
    const { x, y } = pointAlong(points, share);
    return { x: x - LABEL.width / 2, y: y - LABEL.height / 2, ...LABEL };
  });
  const free = boxes.filter((box) => !labels.some((label) => overlap(box, label)));
  const [first = { x: 0, y: 0, ...LABEL }] = boxes;
  return free.find((box) => !nodes.some((node) => overlap(box, node))) ?? free[0] ?? first;
}

function lineWide({ carries }: Connection, from: Placed, to: Placed, { lanes }: Places): Line {
  if (carries === 'failures') return downward(from, to);
  const right = from.x + from.width;
  if (carries !== 'consumed' && carries !== 'snapshots') {
    // Arrows of the gateway, which spans all lanes, start at the height of their target.
    const y = centreOf(from.kind === 'gateway' ? to : from).y;
    return curved(
      { x: right, y: Math.min(Math.max(y, from.y), from.y + from.height) },
      { x: to.x, y: centreOf(to).y },
    );
  }
  const lane = lanes.find(({ service }) => service === from.lane);
  if (!lane) throw new Error(`${from.id} is in no lane`);
  const rail = railOf(lane, RAIL[carries]);
  const outerEdge = (box: Box) => (lane.isMirrored ? box.y + box.height : box.y);
  const { y } = centreOf(from);
  // A queue returns to its service along the outer edge of the lane; a snapshot passes the table and the relay.
  const start =
    carries === 'consumed'
      ? [
          { x: right, y },
          { x: right + TURN, y },
          { x: right + TURN, y: rail },
        ]
      : [
          { x: from.x + from.width * 0.7, y: outerEdge(from) },
          { x: from.x + from.width * 0.7, y: rail },
        ];
  const x = carries === 'consumed' ? to.x + to.width * 0.3 : centreOf(to).x;
  return bent([...start, { x, y: rail }, { x, y: outerEdge(to) }]);
}

function railOf(lane: PlacedLane, distance: number): number {
  return lane.isMirrored ? lane.y + lane.height - distance : lane.y + distance;
}

function find(nodes: ReadonlyMap<string, Placed>, id: string): Placed {
  const node = nodes.get(id);
  if (!node) throw new Error(`No part ${id} in the picture`);
  return node;
}
