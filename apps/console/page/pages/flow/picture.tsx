import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { onStep, state } from '../../live.ts';
import { running } from '../../parts/running.ts';
import { addressOf, selected } from '../../parts/address.ts';
import { accentOf } from '../../parts/topology.ts';
import { createAnimation } from './animation.ts';
import { counts } from './counts.ts';
import { type Interruption, interruptionsOf } from './interruptions.ts';
import type { Layout } from './layout.ts';
import { fitPicture, nameOf, picture } from './names.ts';
import { NodeLink } from './node.tsx';
import { onPlayed } from './playback.ts';

/** Maximum age of an animated step: the stream replays older ones on connect. */
const MAX_STEP_AGE_MS = 5_000;

/** Whether the user prefers reduced motion; arrows then show counts instead of dots. */
const motion = matchMedia('(prefers-reduced-motion: reduce)');
export const prefersReducedMotion = signal(motion.matches);
motion.addEventListener('change', ({ matches }) => void (prefersReducedMotion.value = matches));

/** Picture of the system with animated steps. It fills its place: upright on a narrow screen. */
export function Picture() {
  const place = useRef<HTMLDivElement>(null);
  const svg = useRef<SVGSVGElement>(null);
  const layer = useRef<SVGGElement>(null);
  const topology = running.value;
  const layout = picture.value;
  const { width, height, shape, lanes, arrows, nodes } = layout;
  const interruptions = interruptionsOf(state.value, topology);
  useEffect(() => (place.current ? fitPicture(place.current) : undefined), []);
  useEffect(() => {
    if (!svg.current || !layer.current || prefersReducedMotion.value) return undefined;
    const show = createAnimation(svg.current, layer.current, topology);
    const stop = onStep((step) => step.at > Date.now() - MAX_STEP_AGE_MS && show(step));
    const stopPlayed = onPlayed(show);
    return () => {
      stop();
      stopPlayed();
      layer.current?.replaceChildren();
    };
  }, [prefersReducedMotion.value, layout]);
  return (
    <div class={`picture ${shape}`} ref={place}>
      <svg
        ref={svg}
        viewBox={`0 0 ${width} ${height}`}
        role="group"
        aria-label="System diagram: each part and each arrow links to its latest steps"
      >
        <defs>
          <pattern
            id="hatch"
            width="6"
            height="6"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect class="hatch-ground" width="6" height="6" />
            <path class="hatch" d="M0 0V6" />
          </pattern>
        </defs>
        {lanes.map(({ service, x, y, width, height, isMirrored }) => (
          <g key={service} class={`lane ${accentOf(service)}`} aria-hidden="true">
            <rect x={x} y={y} width={width} height={height} rx="12" />
            <text x={x + 12} y={isMirrored ? y + 19 : y + height - 11}>
              {topology.services[service].paths.join(' ') || 'no API'}
            </text>
          </g>
        ))}
        {arrows.map((arrow) => (
          <ArrowLink key={arrow.id} arrow={arrow} interruption={interruptions.get(arrow.id)} />
        ))}
        {nodes.map((node) => (
          <NodeLink key={node.id} node={node} shape={shape} />
        ))}
        <g ref={layer} aria-hidden="true" />
      </svg>
    </div>
  );
}

/** Texts of an interrupted arrow. */
const interruptionTexts = { cut: 'interrupted', late: 'late', twice: 'twice' } as const;

interface ArrowProps {
  readonly arrow: Layout['arrows'][number];
  readonly interruption: Interruption | undefined;
}

function ArrowLink({ arrow, interruption }: ArrowProps) {
  const { id, carries, path, end, middle, label, lane } = arrow;
  const name = nameOf(id);
  return (
    <>
      <a
        class={`arrow ${carries} ${lane ? accentOf(lane) : ''} ${interruption ?? ''}`}
        href={addressOf(id)}
        aria-label={interruption ? `${name}, ${interruptionTexts[interruption]}` : name}
        aria-current={selected.value === id ? 'true' : undefined}
      >
        <path class="reach" d={path} />
        <path class="line" d={path} data-arrow={id} />
        <path
          class="tip"
          d="M-7 -4L0 0L-7 4Z"
          transform={`translate(${end.x} ${end.y}) rotate(${end.angle})`}
        />
      </a>
      {interruption && <InterruptionMark kind={interruption} {...middle} />}
      {prefersReducedMotion.value && (
        <text class={`count ${lane ? accentOf(lane) : ''}`} x={label.x} y={label.y + 4} aria-hidden="true">
          {counts.value.get(id)}
        </text>
      )}
    </>
  );
}

/** Mark on an interrupted arrow: a pause, a clock, or that something passes twice. */
function InterruptionMark({
  kind,
  x,
  y,
}: {
  readonly kind: Interruption;
  readonly x: number;
  readonly y: number;
}) {
  const drawings = {
    cut: <path d="M-3 -5V5M3 -5V5" />,
    late: <path d="M0 -5V0L4 3" />,
    twice: <path d="M-5 -4L-1 0L-5 4M1 -4L5 0L1 4" />,
  };
  return (
    <g class={`mark ${kind}`} transform={`translate(${x} ${y})`} aria-hidden="true">
      <circle r="10" />
      {drawings[kind]}
    </g>
  );
}
