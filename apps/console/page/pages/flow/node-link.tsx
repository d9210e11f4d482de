import { useComputed } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import { accentOf } from '../../parts/accent.ts';
import { state } from '../../live.ts';
import { capitalized } from '../../parts/format.ts';
import { type Facts, factsOf } from './facts.ts';
import type { Placed } from './layout.ts';
import { nameOf } from './names.ts';
import { Outline } from './outline.tsx';
import { addressOf, selected } from '../../parts/selection.ts';

const LINE = 15;
/** Horizontal offset of the text in asymmetric shapes. */
const shifts: Partial<Record<Placed['kind'], number>> = { queue: -4, topic: 5 };

/** Part of the picture with its current values, linked to its latest steps. Its accessible name is constant. */
export function NodeLink({ node }: { node: Placed }) {
  const isSelected = useComputed(() => selected.value === node.id);
  const facts = useComputed(() => factsOf(node, state.value, topology)).value;
  return (
    <g
      class={`node ${node.kind} ${node.lane ? accentOf(node.lane) : ''} ${facts.isDegraded ? 'degraded' : ''}`}
    >
      <a
        href={addressOf(node.id)}
        aria-label={nameOf(node.id)}
        aria-current={isSelected.value ? 'true' : undefined}
      >
        <Outline {...node} />
        <Lines node={node} lines={titleOf(node)} offset={0} all={facts} />
      </a>
      <g class="values" aria-hidden="true">
        <Lines node={node} lines={facts.lines} offset={titleOf(node).length} all={facts} />
      </g>
    </g>
  );
}

interface LinesProps {
  readonly node: Placed;
  readonly lines: readonly string[];
  /** Number of lines above these. */
  readonly offset: number;
  readonly all: Facts;
}

/** Lines of text of a part, vertically centred together. */
function Lines({ node, lines, offset, all }: LinesProps) {
  const { kind, y, height } = node;
  const x = node.x + node.width / 2 + (shifts[kind] ?? 0);
  const count = titleOf(node).length + all.lines.length;
  const first = y + height / 2 - ((count - 1) * LINE) / 2 + 4;
  return (
    <text transform={kind === 'gateway' ? `rotate(-90 ${x} ${y + height / 2})` : undefined}>
      {lines.map((line, index) => (
        <tspan key={index} x={x} y={first + (offset + index) * LINE}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

/** Name of a part in at most two lines, broken at the hyphen nearest to the middle; dead letters have none. */
function titleOf({ kind, name }: Placed): string[] {
  if (kind === 'deadLetters') return [];
  if (kind === 'subscription') return ['filter'];
  if (kind === 'service') return [capitalized(name)];
  if (name.length <= 14) return [name];
  const breaks = [...name.matchAll(/-/g)].map(({ index }) => index + 1);
  const at = breaks.sort((a, b) => Math.abs(a - name.length / 2) - Math.abs(b - name.length / 2))[0];
  return at === undefined ? [name] : [name.slice(0, at), name.slice(at)];
}
