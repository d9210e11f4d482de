/** Position in the picture, in picture units. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Rectangle in the picture, in picture units. */
export interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Drawn line: its SVG path, points along it, and its direction at the end in degrees (0 is to the right). */
export interface Line {
  readonly path: string;
  readonly points: readonly Point[];
  readonly angle: number;
}

const CORNER = 8;
/** Number of points of a curve. */
const SAMPLES = 24;

/** Polyline with rounded corners. Throws for fewer than two points. */
export function bent(points: readonly Point[]): Line {
  const [start, ...rest] = points;
  const end = rest.at(-1);
  const before = points.at(-2);
  if (!start || !end || !before) throw new Error('A line needs two points.');
  const corners = rest.slice(0, -1).map((corner, index) => {
    const entering = towards(corner, points[index] ?? corner);
    const leaving = towards(corner, points[index + 2] ?? corner);
    return `L${text(entering)}Q${text(corner)} ${text(leaving)}`;
  });
  return {
    path: `M${text(start)}${corners.join('')}L${text(end)}`,
    points,
    angle: (Math.atan2(end.y - before.y, end.x - before.x) * 180) / Math.PI,
  };
}

/** Curve that starts and ends horizontally, from left to right; a straight line between points of the same height. */
export function curved(from: Point, to: Point): Line {
  const half = (from.x + to.x) / 2;
  const at = (share: number): Point => {
    const [a, b, c, d] = [
      (1 - share) ** 3,
      3 * (1 - share) ** 2 * share,
      3 * (1 - share) * share ** 2,
      share ** 3,
    ];
    return { x: a * from.x + (b + c) * half + d * to.x, y: (a + b) * from.y + (c + d) * to.y };
  };
  const path =
    from.y === to.y
      ? `M${text(from)}H${to.x}`
      : `M${text(from)}C${half} ${from.y} ${half} ${to.y} ${text(to)}`;
  return { path, points: Array.from({ length: SAMPLES + 1 }, (_, index) => at(index / SAMPLES)), angle: 0 };
}

/** Vertical line between two boxes with the same centre: down, or up to one that is above. */
export function downward(from: Box, to: Box): Line {
  const { x } = centreOf(from);
  const isDown = to.y > from.y;
  return bent([
    { x, y: isDown ? from.y + from.height : from.y },
    { x, y: isDown ? to.y : to.y + to.height },
  ]);
}

/** Point of a polyline at a share of its length. */
export function pointAlong(points: readonly Point[], share: number): Point {
  const lengths = points.slice(1).map((point, index) => distance(point, points[index] ?? point));
  let left = lengths.reduce((sum, length) => sum + length, 0) * share;
  for (const [index, length] of lengths.entries()) {
    const [from, to] = [points[index], points[index + 1]];
    if (from && to && left <= length) return between(from, to, length === 0 ? 0 : left / length);
    left -= length;
  }
  return points.at(-1) ?? { x: 0, y: 0 };
}

/** Centre of a box. */
export function centreOf({ x, y, width, height }: Box): Point {
  return { x: x + width / 2, y: y + height / 2 };
}

/** Whether two boxes have a point inside in common. */
export function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

function towards(from: Point, to: Point): Point {
  const length = distance(from, to) || 1;
  return between(from, to, Math.min(CORNER, length / 2) / length);
}

function between(from: Point, to: Point, share: number): Point {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}

function text({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
