import type { Topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { accentOf } from '../../parts/accent.ts';
import { routesOf, sourceOf } from './route.ts';

/** Maximum of simultaneous dots; above it, only the width of arrows grows. */
const MAX_DOTS = 40;
/** Picture units per millisecond: much slower than the events, so that they can be followed. */
const SPEED = 0.62;
/** Width that each event adds to an arrow, and the share of it that remains after a second. */
const GAIN = 0.5;
const DECAY = 0.4;
/** Maximum time that a dot waits for the previous dot of the same event. */
const MAX_WAIT_MS = 4_000;

interface Dot {
  readonly circle: SVGCircleElement;
  readonly route: readonly SVGPathElement[];
  readonly startsAt: number;
}

/**
 * Animates steps as dots along the arrows (`data-arrow`) of a picture. The dots of one event follow one another, however
 * fast the event was.
 */
export function animateSteps(svg: SVGSVGElement, layer: SVGGElement, topology: Topology) {
  const arrows = new Map<string, SVGPathElement>();
  for (const path of svg.querySelectorAll<SVGPathElement>('[data-arrow]'))
    arrows.set(path.dataset['arrow'] ?? '', path);
  const lengths = new Map<SVGPathElement, number>();
  const dots = new Set<Dot>();
  const arrivals = new Map<string, number>();
  const crowds = new Map<SVGPathElement, number>();
  let frame = 0;
  let last = 0;

  const lengthOf = (path: SVGPathElement) => {
    const length = lengths.get(path) ?? path.getTotalLength();
    lengths.set(path, length);
    return length;
  };

  const draw = (now: number) => {
    const faded = DECAY ** ((now - last) / 1_000);
    last = now;
    for (const dot of dots) if (!move(dot, now, lengthOf)) leave(dot);
    for (const [path, crowd] of crowds) {
      const width = crowd * faded;
      path.style.setProperty('--crowd', width.toFixed(2));
      if (width > 0.05) crowds.set(path, width);
      else if (crowds.delete(path)) path.style.removeProperty('--crowd');
    }
    for (const [event, at] of arrivals) if (at < now - MAX_WAIT_MS) arrivals.delete(event);
    frame = dots.size + crowds.size > 0 ? requestAnimationFrame(draw) : 0;
  };
  const leave = (dot: Dot) => {
    dot.circle.remove();
    dots.delete(dot);
  };

  return {
    show(step: Step) {
      const now = performance.now();
      for (const ids of routesOf(step, topology)) {
        const route = ids.flatMap((id) => arrows.get(id) ?? []);
        if (dots.size >= MAX_DOTS || document.hidden) {
          for (const path of route) crowds.set(path, Math.min((crowds.get(path) ?? 0) + GAIN, 8));
        } else if (route.length > 0) {
          const event = step.kind === 'request' ? undefined : step.eventId;
          const startsAt = Math.min(Math.max(now, arrivals.get(event ?? '') ?? 0), now + MAX_WAIT_MS);
          const length = route.reduce((sum, path) => sum + lengthOf(path), 0);
          if (event !== undefined) arrivals.set(event, startsAt + length / SPEED);
          const circle = document.createElementNS('http://www.w3.org/2000/svg', 'circle');
          circle.setAttribute('class', `event-dot ${step.kind} ${accentOf(sourceOf(step, topology))}`);
          circle.setAttribute('r', step.kind === 'request' ? '3' : '5');
          dots.add({ circle, route, startsAt });
          layer.append(circle);
        }
      }
      if (frame !== 0 || dots.size + crowds.size === 0) return;
      last = now;
      frame = requestAnimationFrame(draw);
    },
    stop() {
      cancelAnimationFrame(frame);
      for (const dot of dots) leave(dot);
    },
  };
}

/** Moves a dot; returns false once it has arrived. */
function move(
  { circle, route, startsAt }: Dot,
  now: number,
  lengthOf: (path: SVGPathElement) => number,
): boolean {
  let along = (now - startsAt) * SPEED;
  circle.style.visibility = along < 0 ? 'hidden' : 'visible';
  for (const path of route) {
    const length = lengthOf(path);
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
