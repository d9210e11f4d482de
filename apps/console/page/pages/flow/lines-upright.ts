import { bent, centreOf, downward, type Line } from './geometry.ts';
import type { Placed, Places } from './layout.ts';
import type { Connection } from './parts.ts';

/** Distance of the tracks right of the lanes from one another: one for each topic, the last one for requests to it. */
const TRACK = 7;

/** Line of a connection in the upright picture: requests at the left of the lanes, events between services at the right. */
export function lineUpright({ carries }: Connection, from: Placed, to: Placed, places: Places): Line {
  const [start, end] = [centreOf(from), centreOf(to)];
  const fromRight = from.x + from.width;
  if (carries === 'failures') return downward(from, to);
  if (from.kind === 'client')
    return bent([
      { x: from.x, y: start.y },
      { x: to.x + to.width, y: end.y },
    ]);
  if (from.kind === 'gateway') {
    const x = (places.lanes[0]?.x ?? 0) / 2;
    return bent([
      { x, y: from.y + from.height },
      { x, y: end.y },
      { x: to.x, y: end.y },
    ]);
  }
  if (carries === 'consumed') {
    const x = to.x + to.width * 0.3;
    return bent([
      { x: from.x, y: start.y + 12 },
      { x, y: start.y + 12 },
      { x, y: to.y + to.height },
    ]);
  }
  if (carries === 'snapshots') return snapshots(from, to, places);
  if (from.kind === 'topic') {
    const x = trackOf(from, places);
    return bent([
      { x: fromRight, y: start.y },
      { x, y: start.y },
      { x, y: end.y },
      { x: to.x + to.width, y: end.y },
    ]);
  }
  // From a filter to its queue, leftwards; the filters of one queue are at different heights.
  if (from.isReversed) {
    const y = Math.min(start.y, to.y + to.height - 10);
    const half = (from.x + to.x + to.width) / 2;
    return y === start.y
      ? bent([
          { x: from.x, y },
          { x: to.x + to.width, y },
        ])
      : bent([
          { x: from.x, y: start.y },
          { x: half, y: start.y },
          { x: half, y },
          { x: to.x + to.width, y },
        ]);
  }
  return bent([
    { x: fromRight, y: start.y },
    { x: to.x, y: end.y },
  ]);
}

/** Of a service to its own queue or topic, or to the topic of another service. */
function snapshots(from: Placed, to: Placed, { lanes, width }: Places): Line {
  const lane = lanes.find(({ service }) => service === from.lane);
  const rail = (lane?.y ?? 0) + 11;
  if (to.kind === 'queue') {
    const x = from.x + from.width * 0.8;
    const y = centreOf(to).y - 14;
    return bent([
      { x, y: from.y + from.height },
      { x, y },
      { x: to.x, y },
    ]);
  }
  const { x } = centreOf(from);
  if (to.lane === from.lane)
    return bent([
      { x, y: from.y },
      { x, y: rail },
      { x: centreOf(to).x, y: rail },
      { x: centreOf(to).x, y: to.y },
    ]);
  const y = to.y + to.height * 0.78;
  return bent([
    { x, y: from.y },
    { x, y: rail },
    { x: width - 3, y: rail },
    { x: width - 3, y },
    { x: to.x + to.width, y },
  ]);
}

/** Position of the vertical track of a topic. */
function trackOf(topic: Placed, { lanes, nodes }: Places): number {
  const lane = lanes[0];
  const index = nodes.filter(({ kind }) => kind === 'topic').findIndex(({ id }) => id === topic.id);
  return (lane ? lane.x + lane.width : 0) + TRACK * (index + 1);
}
