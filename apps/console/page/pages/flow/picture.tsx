import { topology } from '@tandem/contracts/topology';
import { useEffect, useRef } from 'preact/hooks';
import { onStep } from '../../live.ts';
import { ArrowLink } from './arrow-link.tsx';
import { travel } from './dots.ts';
import { NodeLink } from './node-link.tsx';
import { picture } from './picture-of.ts';
import { prefersStillness } from './stillness.ts';

/** What is older does not travel any more: a page that connects is told the last steps as well. */
const FRESH_MS = 5_000;

/** The system as it is, with what travels through it. */
export function Picture() {
  const svg = useRef<SVGSVGElement>(null);
  const layer = useRef<SVGGElement>(null);
  useEffect(() => {
    if (!svg.current || !layer.current || prefersStillness.value) return undefined;
    const travellers = travel(svg.current, layer.current, topology);
    const stopListening = onStep((step) => {
      if (step.at > Date.now() - FRESH_MS) travellers.show(step);
    });
    return () => {
      stopListening();
      travellers.stop();
    };
  }, [prefersStillness.value]);
  return (
    <div class="picture">
      <svg
        ref={svg}
        viewBox={`0 0 ${picture.width} ${picture.height}`}
        role="group"
        aria-label="The system: each part and each arrow is a link to what passed it last"
      >
        {picture.lanes.map(({ service, x, y, width, height, isMirrored }) => (
          <g key={service} class={`lane ${service}`} aria-hidden="true">
            <rect x={x} y={y} width={width} height={height} rx="14" />
            <text x={x + 18} y={isMirrored ? y + 26 : y + height - 16} class="lane-name">
              {topology.services[service].paths.join(' ')}
            </text>
          </g>
        ))}
        {picture.arrows.map((arrow) => (
          <ArrowLink key={arrow.id} arrow={arrow} />
        ))}
        {picture.nodes.map((node) => (
          <NodeLink key={node.id} node={node} />
        ))}
        <g ref={layer} class="travellers" aria-hidden="true" />
      </svg>
    </div>
  );
}
