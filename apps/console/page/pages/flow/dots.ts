import type { Topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { accentOf } from '../../parts/accent.ts';
import { routesOf, sourceOf } from './route.ts';

/** Maximum of simultaneous dots; further steps are not animated. */
const MAX_DOTS = 40;
/** Picture units per millisecond: much slower than the events, so that they can be followed. */
const SPEED = 0.62;
/** Maximum time that a dot waits for the previous dot of the same event. */
const MAX_WAIT_MS = 4_000;

interface Arrow {
  readonly path: SVGPathElement;
  readonly length: number;
}

/** Dot on its way along the arrows of a route. */
interface Dot {
  readonly circle: SVGCircleElement;
  readonly route: readonly Arrow[];
  readonly startsAt: number;
}

/**
 * Animates steps as dots along the arrows (`data-arrow`) of a picture. The dots of one event follow one another, however
 * fast the event was.
 */
export function animateSteps(svg: SVGSVGElement, layer: SVGGElement, topology: Topology) {
  const arrows = new Map<string, Arrow>();
  for (const path of svg.querySelectorAll<SVGPathElement>('[data-arrow]'))
    arrows.set(path.dataset['arrow'] ?? '', { path, length: path.getTotalLength() });
  const dots = new Set<Dot>();
  /** Arrival time of the last dot of each event. */
  const arrivals = new Map<string, number>();
  let frame = 0;

  const draw = (now: number) => {
    for (const dot of dots) if (!move(dot, now)) remove(dot);
    for (const [event, at] of arrivals) if (at < now - MAX_WAIT_MS) arrivals.delete(event);
    frame = dots.size > 0 ? requestAnimationFrame(draw) : 0;
  };
  const remove = (dot: Dot) => {
    dot.circle.remove();
    dots.delete(dot);
  };

  return {
    show(step: Step) {
      if (document.hidden) return;
      const now = performance.now();
      const event = step.kind === 'request' ? undefined : step.eventId;
      for (const ids of routesOf(step, topology)) {
        const route = ids.flatMap((id) => arrows.get(id) ?? []);
        if (route.length === 0 || dots.size >= MAX_DOTS) continue;
        const startsAt = Math.min(Math.max(now, arrivals.get(event ?? '') ?? 0), now + MAX_WAIT_MS);
        const length = route.reduce((sum, { length }) => sum + length, 0);
        if (event !== undefined) arrivals.set(event, startsAt + length / SPEED);
        const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
        circle.setAttribute('class', `event-dot ${step.kind} ${accentOf(sourceOf(step, topology))}`);
        circle.setAttribute('r', step.kind === 'request' ? '3' : '5');
        dots.add({ circle, route, startsAt });
        layer.append(circle);
      }
      if (frame === 0) frame = requestAnimationFrame(draw);
    },
    stop() {
      cancelAnimationFrame(frame);
      for (const dot of dots) remove(dot);
    },
  };
}

/** Moves a dot; returns false once it has arrived. */
function move({ circle, route, startsAt }: Dot, now: number): boolean {
  let along = (now - startsAt) * SPEED;
  circle.style.visibility = along < 0 ? 'hidden' : 'visible';
  for (const { path, length } of route) {
    if (along < length) {
      const { x, y } = path.getPointAtLength(Math.max(0, along));
      circle.setAttribute('cx', x.toFixed(1));
      circle.setAttribute('cy', y.toFixed(1));
      return true;
    }
    along -= length;
  }
  return false;
}
