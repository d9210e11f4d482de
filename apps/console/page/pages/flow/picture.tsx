import { topology } from '@tandem/contracts/topology';
import { useEffect, useRef } from 'preact/hooks';
import { onStep } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { ArrowLink } from './arrow-link.tsx';
import { animateSteps } from './dots.ts';
import { NodeLink } from './node-link.tsx';
import { picture } from './system-picture.ts';
import { prefersReducedMotion } from './reduced-motion.ts';

/** Maximum age of an animated step: the stream replays older ones on connect. */
const MAX_STEP_AGE_MS = 5_000;

/** Picture of the system with animated steps. */
export function Picture() {
  const svg = useRef<SVGSVGElement>(null);
  const layer = useRef<SVGGElement>(null);
  useEffect(() => {
    if (!svg.current || !layer.current || prefersReducedMotion.value) return undefined;
    const animation = animateSteps(svg.current, layer.current, topology);
    const stopListening = onStep((step) => {
      if (step.at > Date.now() - MAX_STEP_AGE_MS) animation.show(step);
    });
    return () => {
      stopListening();
      animation.stop();
    };
  }, [prefersReducedMotion.value]);
  return (
    <div class="picture">
      <svg
        ref={svg}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        role="group"
        aria-label="System diagram: each part and each arrow links to its latest steps"
      >
        {picture.lanes.map(({ service, x, y, width, height, isMirrored }) => (
          <g key={service} class={`lane ${accentOf(service)}`} aria-hidden="true">
            <rect x={x} y={y} width={width} height={height} rx="14" />
            <text x={x + 18} y={isMirrored ? y + 26 : y + height - 16}>
              {topology.services[service].paths.join(' ') || 'no API'}
            </text>
          </g>
        ))}
        {picture.arrows.map((arrow) => (
          <ArrowLink key={arrow.id} arrow={arrow} />
        ))}
        {picture.nodes.map((node) => (
          <NodeLink key={node.id} node={node} />
        ))}
        <g ref={layer} aria-hidden="true" />
      </svg>
    </div>
  );
}
