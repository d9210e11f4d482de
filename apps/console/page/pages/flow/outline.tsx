import { capitalized } from '../../parts/format.ts';
import { running, runningServices } from '../../parts/running.ts';
import { accentOf } from '../../parts/topology.ts';
import type { Box } from './geometry.ts';
import type { Placed } from './layout.ts';

const RIM = 8;

/** Shape of a part by its kind: a drum for a table, a pipe for a queue with its open end to the consumer, an arrowhead for a topic. */
export function Outline({ kind, ...box }: Box & Pick<Placed, 'kind'>) {
  const { x, y, width: w, height: h } = box;
  if (kind === 'client') return <circle class="shape" cx={x + w / 2} cy={y + h / 2} r={Math.min(w, h) / 2} />;
  const { shape, detail } = pathsOf(kind, box);
  if (shape === undefined)
    return <rect class="shape" x={x} y={y} width={w} height={h} rx={kind === 'deadLetters' ? h / 2 : 5} />;
  return (
    <>
      <path class="shape" d={shape} />
      {detail !== undefined && <path class="detail" d={detail} />}
    </>
  );
}

interface Paths {
  readonly shape: string;
  /** Line in the shape. */
  readonly detail?: string;
}

/** SVG paths of a part by its kind; none for a rectangle. */
function pathsOf(kind: Placed['kind'], { x, y, width: w, height: h }: Box): Partial<Paths> {
  const paths: Partial<Record<Placed['kind'], Paths>> = {
    table: {
      shape: `M${x} ${y + RIM}a${w / 2} ${RIM} 0 0 1 ${w} 0v${h - 2 * RIM}a${w / 2} ${RIM} 0 0 1 ${-w} 0Z`,
      detail: `M${x} ${y + RIM}a${w / 2} ${RIM} 0 0 0 ${w} 0`,
    },
    queue: {
      shape: `M${x + RIM} ${y}h${w - 2 * RIM}a${RIM} ${h / 2} 0 0 1 0 ${h}h${2 * RIM - w}a${RIM} ${h / 2} 0 0 1 0 ${-h}Z`,
      detail: `M${x + w - RIM} ${y}a${RIM} ${h / 2} 0 0 0 0 ${h}`,
    },
    topic: { shape: `M${x} ${y}h${w - 12}l12 ${h / 2}l-12 ${h / 2}h${12 - w}l12 ${-h / 2}Z` },
    relay: { shape: `M${x + 10} ${y}h${w - 20}l10 10v${h - 20}l-10 10h${20 - w}l-10 -10v${20 - h}Z` },
    subscription: { shape: `M${x} ${y}l${w} ${h * 0.22}v${h * 0.56}l${-w} ${h * 0.22}Z` },
  };
  return paths[kind] ?? {};
}

const shapes = [
  ['table', 'table: a change and its events are stored atomically'],
  ['relay', 'relay: publishes the events of committed changes'],
  ['topic', 'topic: fans out to its subscriptions'],
  ['subscription', 'filter: passes the subscribed event types'],
  ['queue', 'queue: stores messages until they are applied'],
] as const;

const marks = [
  ['request', 'a request', <circle cx="13" cy="7" r="3" />],
  ['event', 'an event, in slow motion', <circle cx="13" cy="7" r="5" />],
  ['failure', 'failed messages, to a dead-letter queue', <path d="M1 7H25" />],
  ['snapshot', 'a snapshot: current state, not a change', <path d="M1 7H25" />],
  ['paused', 'stopped by a fault, or down', <path d="M1 7H25M11 3V11M15 3V11" />],
] as const;

/** Button that shows the legend of the picture. */
export function Legend() {
  const services = runningServices.value.map((service) => {
    const owned = running.value.relays[service] ? ' and its events' : '';
    const mark = <rect x="1" y="1" width="24" height="12" rx="3" />;
    return [accentOf(service), capitalized(service) + owned, mark] as const;
  });
  return (
    <>
      <button type="button" class="quiet help" popovertarget="flow-legend" aria-label="Legend of the picture">
        ?
      </button>
      <ul class="legend list small" id="flow-legend" popover="auto" aria-label="Legend">
        {shapes.map(([kind, meaning]) => (
          <li key={kind}>
            <svg viewBox="0 0 58 36" width="29" height="18" aria-hidden="true">
              <Outline kind={kind} x={2} y={2} width={54} height={32} />
            </svg>
            {meaning}
          </li>
        ))}
        {[...services, ...marks].map(([mark, meaning, drawing]) => (
          <li key={mark}>
            <svg viewBox="0 0 26 14" width="26" height="14" aria-hidden="true" class={mark}>
              {drawing}
            </svg>
            {meaning}
          </li>
        ))}
      </ul>
    </>
  );
}
