import { state } from '../../live.ts';
import { addressOf, selected } from '../../parts/address.ts';
import { capitalized } from '../../parts/format.ts';
import { running } from '../../parts/running.ts';
import { accentOf } from '../../parts/topology.ts';
import { scaleOf } from '../../parts/chart.ts';
import { latest, pathWithGaps } from '../../parts/time-path.ts';
import { factsOf } from './facts.ts';
import type { Placed, Shape } from './layout.ts';
import { nameOf } from './names.ts';
import { Outline } from './outline.tsx';
import { eventsPerSecond, SECONDS, seriesOf } from './samples.ts';

/** Height of a line of a title, and of its letters' width. */
const LINE = 13;
const LETTER = 6.1;
/** Horizontal offset of the text in asymmetric shapes. */
const shifts: Partial<Record<Placed['kind'], number>> = { queue: -4, topic: 5 };

/** Part of the picture with its most important value, and what it was in the last minute. Its accessible name is constant. */
export function NodeLink({ node, shape }: { readonly node: Placed; readonly shape: Shape }) {
  const { kind, x, y, width, height, lane, isReversed } = node;
  const { figure, condition } = factsOf(node, state.value, running.value, eventsPerSecond);
  const isNarrow = kind === 'subscription' || kind === 'gateway';
  const shift = (shifts[kind] ?? 0) * (isReversed ? -1 : 1);
  const centre = { x: x + width / 2 + shift, y: y + height / 2 };
  const depth = kind === 'deadLetters' && figure ? `, ${figure.value}` : '';
  return (
    <g class={`node ${kind} ${lane ? accentOf(lane) : ''} ${condition}`} data-node={node.id}>
      <a
        href={addressOf(node.id)}
        aria-label={`${nameOf(node.id)}${depth}`}
        aria-current={selected.value === node.id ? 'true' : undefined}
      >
        <g transform={isReversed ? `translate(${2 * x + width} 0) scale(-1 1)` : undefined}>
          <Outline {...node} />
        </g>
        {titleOf(node).length > 0 && kind !== 'gateway' && <Title node={node} centre={centre} />}
      </a>
      {kind === 'gateway' && (
        <text
          class="title"
          transform={shape === 'wide' ? `rotate(-90 ${centre.x} ${centre.y})` : undefined}
          x={centre.x}
          y={centre.y + 4}
          aria-hidden="true"
        >
          gateway
          {figure && (
            <tspan class="values" dx="10">
              {figure.value} {shortUnits[figure.unit]}
            </tspan>
          )}
        </text>
      )}
      {figure && !isNarrow && <Values node={node} centre={centre} figure={figure} />}
    </g>
  );
}

interface TextProps {
  readonly node: Placed;
  readonly centre: { readonly x: number; readonly y: number };
}

function Title({ node, centre }: TextProps) {
  const lines = titleOf(node);
  const isAlone = node.kind === 'client';
  return (
    <text class="title">
      {lines.map((line, index) => (
        <tspan key={index} x={centre.x} y={isAlone ? centre.y + 4 : firstLineOf(node) + index * LINE}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

const FIGURE = 21;
const UNIT = 11;
/** Whether the unit of a part is below its figure: tables and relays are narrow, and have a name of one line. */
const isStacked = ({ kind }: Placed) => kind === 'table' || kind === 'relay';

const SPARKLINE = { height: 11, gap: 4 };

function firstLineOf(node: Placed): number {
  const lines = titleOf(node).length;
  const hasSeries = seriesOf(node).length > 1;
  const unit = isStacked(node) ? UNIT : 0;
  const total = lines * LINE + FIGURE + unit + (hasSeries ? SPARKLINE.height + SPARKLINE.gap : 0);
  return node.y + (node.height - total) / 2 + LINE - 2 + (node.kind === 'table' ? 5 : 0);
}

function Values({
  node,
  centre,
  figure,
}: TextProps & { readonly figure: { readonly value: string; readonly unit: string } }) {
  const { kind, y, height, width } = node;
  if (kind === 'deadLetters')
    return (
      <text class="values" x={centre.x} y={y + height / 2 + 4} aria-hidden="true">
        {width > 80 ? `${figure.value} ${figure.unit}` : figure.value}
      </text>
    );
  const baseline = firstLineOf(node) + (titleOf(node).length - 1) * LINE + FIGURE;
  const unit = shortUnits[figure.unit];
  const top = baseline + SPARKLINE.gap + (isStacked(node) ? UNIT : 0);
  const series = seriesOf(node);
  const span = Math.min(64, width - 34);
  const path = pathWithGaps(latest(series, SECONDS), {
    width: span,
    height: SPARKLINE.height,
    max: scaleOf(series, 4),
  });
  return (
    <g class="values" aria-hidden="true">
      <text x={centre.x} y={baseline}>
        <tspan class="figure">{figure.value}</tspan>
        {unit !== undefined && (
          <tspan {...(isStacked(node) ? { x: centre.x, dy: UNIT } : { dx: 3 })}>{unit}</tspan>
        )}
      </text>
      {series.length > 1 && (
        <g transform={`translate(${centre.x - span / 2} ${top})`}>
          <path class="axis" d={`M0 ${SPARKLINE.height}H${span}`} />
          <path class="sparkline" d={path} />
        </g>
      )}
    </g>
  );
}

/** Units in the picture; the details have them in full. */
const shortUnits: Readonly<Record<string, string>> = {
  'requests/s': 'req/s',
  'events/s': '/s',
  waiting: 'waiting',
  writes: 'writes',
  behind: 'behind',
};

/** Name of a part in lines that fit in it, broken at hyphens; dead letters and filters have none. */
function titleOf({ kind, name, width }: Placed): string[] {
  if (kind === 'deadLetters' || kind === 'subscription') return [];
  if (kind === 'service') return [capitalized(name)];
  if (kind === 'relay') return ['relay'];
  const limit = Math.max(8, Math.floor((width - 16) / LETTER));
  if (name.length <= limit) return [name];
  const breaks = [...name.matchAll(/-/g)].map(({ index }) => index + 1);
  const distance = (at: number) => Math.abs(at - name.length / 2);
  const at = breaks
    .filter((at) => at <= limit && name.length - at <= limit)
    .toSorted((a, b) => distance(a) - distance(b))[0];
  return at === undefined ? name.split(/(?<=-)/) : [name.slice(0, at), name.slice(at)];
}
