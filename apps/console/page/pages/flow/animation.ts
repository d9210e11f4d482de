import type { Topology } from '@tandem/contracts/topology';
import type { Step } from '../../../server/protocol.ts';
import { accentOf } from '../../parts/topology.ts';
import { createFrames } from './frames.ts';
import { idOf } from './parts.ts';
import { routesOf, sourceOf } from './route.ts';

/** Maximum of simultaneous dots; further steps are not animated. */
const MAX_DOTS = 40;
/** Maximum of dots beside which a further one still has a trail and a name: more could not be read. */
const MAX_NAMED = 6;
/** Picture units per millisecond: much slower than the events, so that they can be followed. */
const SPEED = 0.42;
/** Maximum time that a dot waits for the previous dot of the same event. */
const MAX_WAIT_MS = 4_000;
const TRAIL_MS = 3_000;
const PULSE_MS = 900;

const frames = createFrames();

/** Line of an arrow in the picture (`data-arrow`). */
interface Track {
  readonly path: string;
  readonly length: number;
}

/**
 * Creates a function that animates a step in `layer` along the arrows of a picture: a dot with the type of its event and a
 * trail that fades, and a pulse of the service that applies it. The dots of one event follow one another, however fast it was.
 */
export function createAnimation(
  svg: SVGSVGElement,
  layer: SVGGElement,
  topology: Topology,
): (step: Step) => void {
  const tracks = new Map<string, Track>();
  for (const path of svg.querySelectorAll<SVGPathElement>('[data-arrow]'))
    tracks.set(path.dataset['arrow'] ?? '', {
      path: path.getAttribute('d') ?? '',
      length: path.getTotalLength(),
    });
  /** Arrival time of the last dot of each event. */
  const arrivals = new Map<string, number>();

  const animateRoute = (step: Step, route: readonly Track[], hasName: boolean) => {
    const now = performance.now();
    for (const [event, at] of arrivals) if (at < now - MAX_WAIT_MS) arrivals.delete(event);
    const event = step.kind === 'request' ? undefined : step.eventId;
    const delay = Math.min(Math.max(0, (arrivals.get(event ?? '') ?? 0) - now), MAX_WAIT_MS);
    const duration = Math.max(250, route.reduce((sum, { length }) => sum + length, 0) / SPEED);
    if (event !== undefined) arrivals.set(event, now + delay + duration);
    const path = route.map(({ path }) => path).join('');
    const className = `${step.kind} ${accentOf(sourceOf(step, topology))}`;
    const isQuiet = layer.childElementCount < MAX_NAMED * 3;
    if (isQuiet && event !== undefined) addTrail(layer, path, className, { delay, duration });
    const dot = create('circle', { class: `event-dot ${className}`, r: event === undefined ? '3' : '5' });
    travel(layer, dot, path, { delay, duration });
    if (hasName && isQuiet && 'eventType' in step) {
      const name = create('text', { class: `event-name ${className}`, y: '-9' });
      name.textContent = step.eventType;
      travel(layer, name, path, { delay, duration });
    }
    if (step.kind === 'applied')
      pulse(svg, idOf.service(topology.queues[step.queue].consumer), { delay, duration: PULSE_MS });
  };

  const start = (step: Step) => {
    for (const [index, ids] of routesOf(step, topology).entries()) {
      const route = ids.flatMap((id) => tracks.get(id) ?? []);
      if (route.length === 0 || layer.childElementCount >= MAX_DOTS) continue;
      animateRoute(step, route, index === 0 && step.kind === 'published');
    }
  };
  return (step) => void (document.hidden || frames.atNext(() => start(step)));
}

interface Timing {
  readonly delay: number;
  readonly duration: number;
}

/** Moves an element along a path, and removes it at the end. */
function travel(layer: SVGGElement, element: SVGElement, path: string, timing: Timing): void {
  element.style.offsetPath = `path("${path}")`;
  layer.append(element);
  const keyframes = { offsetDistance: ['0%', '100%'], visibility: ['visible', 'visible'] };
  frames.play(element.animate(keyframes, timing)).onfinish = () => element.remove();
}

/** Draws the path behind a dot, and lets it fade. */
function addTrail(layer: SVGGElement, path: string, className: string, { delay, duration }: Timing): void {
  const trail = create('path', { class: `event-trail ${className}`, d: path, pathLength: '1' });
  layer.prepend(trail);
  const total = duration + TRAIL_MS;
  frames.play(
    trail.animate(
      { strokeDashoffset: [1, 0], visibility: ['visible', 'visible'] },
      { delay, duration, fill: 'forwards' },
    ),
  );
  frames.play(
    trail.animate({ opacity: [0.7, 0.7, 0], offset: [0, duration / total, 1] }, { delay, duration: total }),
  ).onfinish = () => trail.remove();
}

/** Lets the outline of a part pulse, unless it does so already. */
function pulse(svg: SVGSVGElement, id: string, timing: Timing): void {
  const shape = svg.querySelector<SVGElement>(`[data-node="${CSS.escape(id)}"] .shape`);
  if (!shape || shape.getAnimations().length > 0) return;
  frames.play(shape.animate({ strokeWidth: ['2px', '8px', '2px'] }, { ...timing, easing: 'ease-out' }));
}

function create(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}
