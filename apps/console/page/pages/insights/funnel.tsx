import type { Funnel } from '@tandem/analytics/application/funnel';
import { counted, integer } from '../../parts/format.ts';
import { bandsOf, outcomesOf } from './funnel-shape.ts';
import { percent } from './texts.ts';

const FRAME = { width: 100, slot: 72, thickness: 66 };
const HEIGHT = 3 * FRAME.slot;

/** Picture of what became of the opened carts. */
export function FunnelPicture({ total }: { readonly total: Funnel }) {
  const outcomes = outcomesOf(total);
  const bands = bandsOf(outcomes, FRAME);
  const all = outcomes.reduce((sum, { carts }) => sum + carts, 0);
  const shareOf = (carts: number) => percent(all === 0 ? null : carts / all);
  const description = outcomes.map(({ name, carts }) => `${name}: ${carts} (${shareOf(carts)})`).join('. ');
  return (
    <section class="panel" aria-labelledby="funnel-title">
      <h2 id="funnel-title">From cart to order</h2>
      <div class="funnel">
        <p class="opened">
          <strong>{integer(total.cartsOpened)}</strong> Carts opened
        </p>
        <svg
          viewBox={`0 0 ${FRAME.width} ${HEIGHT}`}
          preserveAspectRatio="none"
          role="img"
          aria-labelledby="funnel-picture"
          aria-describedby="funnel-description"
        >
          <title id="funnel-picture">{`${counted(total.cartsOpened, 'cart')} opened`}</title>
          <desc id="funnel-description">{description}</desc>
          <rect
            class="start"
            x="0"
            y={(HEIGHT - FRAME.thickness) / 2}
            width="3"
            height={all === 0 ? 0 : FRAME.thickness}
          />
          {bands.map(({ path, end }, index) => (
            <g key={index} class={`outcome-${index + 1}`}>
              <path d={path} />
              <rect x={FRAME.width - 3} y={end.y} width="3" height={end.thickness} />
            </g>
          ))}
        </svg>
        <ul class="list">
          {outcomes.map(({ name, carts }, index) => (
            <li key={name} class={`outcome-${index + 1}`}>
              <strong>{integer(carts)}</strong> {name}
              <span class="small">{shareOf(carts)}</span>
            </li>
          ))}
        </ul>
      </div>
      {total.cartsCheckedOut + total.cartsAbandoned > total.cartsOpened && (
        <p class="small">Some of these carts were opened before the first day.</p>
      )}
    </section>
  );
}
