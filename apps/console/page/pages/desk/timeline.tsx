import { steps } from '../../live.ts';
import { axisOf, hopsOf, inMs, type Measured, medianOf, summaryOf } from './measure.ts';
import { awaited, measurements } from './witness.ts';

/** How long the last change took, and the ones before it. */
export function Timeline() {
  const last = measurements.value.at(-1);
  const waiting = awaited.value;
  return (
    <section class="sheet" aria-labelledby="delay-title">
      <h2 id="delay-title">From the click to the cart</h2>
      <p role="status" class="summary">
        {waiting
          ? waiting.answer
            ? `Answered ${inMs(waiting.answer.ms)} · on its way …`
            : 'Asking …'
          : null}
        {!waiting && last && `${last.what}: ${summaryOf(last)}`}
        {!waiting && !last && 'Nothing was changed yet.'}
      </p>
      {last && <Lanes measured={last} />}
      <Past />
    </section>
  );
}

/** A lane for the answer, and one for the event with where it was seen. */
function Lanes({ measured: { answeredMs, visibleMs, change } }: { readonly measured: Measured }) {
  // Steps may be told after the cart was seen.
  const hops = hopsOf(steps.value, change);
  const times = [answeredMs, visibleMs ?? 0, ...hops.map(({ ms }) => ms)];
  const axis = axisOf(times);
  const at = (ms: number) => `${(100 * ms) / axis}%`;
  return (
    <>
      <div class="lanes" aria-hidden="true">
        <div class="lane product" style={{ width: at(answeredMs) }} />
        <div class="track">
          <div class="lane cart" style={{ width: at(visibleMs ?? 0) }} />
          {hops.map(({ name, ms }) => (
            <span key={name} class="hop" style={{ left: at(ms) }} />
          ))}
        </div>
        <div class="axis number">
          <span>click</span>
          <span>{inMs(axis)}</span>
        </div>
      </div>
      <dl class="hops">
        <Moment kind="product" name="answered" ms={answeredMs} />
        {hops.map(({ name, ms }) => (
          <Moment key={name} kind="hop" name={name} ms={ms} />
        ))}
        <Moment kind="cart" name="visible" ms={visibleMs} />
      </dl>
    </>
  );
}

interface MomentProps {
  readonly kind: 'product' | 'hop' | 'cart';
  readonly name: string;
  readonly ms: number | undefined;
}

function Moment({ kind, name, ms }: MomentProps) {
  return (
    <div>
      <dt>
        <span class={`key ${kind}`} aria-hidden="true" />
        {name}
      </dt>
      <dd class="number">{ms === undefined ? 'not seen' : inMs(ms)}</dd>
    </div>
  );
}

const STEP = 32;
const HEIGHT = 56;

/** The last measurements as dots, the newest at the right. */
function Past() {
  const seen = measurements.value.flatMap(({ visibleMs }) => visibleMs ?? []);
  const median = medianOf(seen);
  if (median === undefined || seen.length < 2) return null;
  const axis = axisOf(seen);
  const dots = seen.map((ms, i) => ({
    ms,
    x: (i + 0.5) * STEP,
    y: HEIGHT - 8 - (ms / axis) * (HEIGHT - 16),
  }));
  const says = `The last ${seen.length} changes were visible after ${seen.map(inMs).join(', ')}`;
  return (
    <figure class="past">
      <svg
        viewBox={`0 0 ${10 * STEP} ${HEIGHT}`}
        width={10 * STEP}
        height={HEIGHT}
        role="img"
        aria-label={says}
      >
        <path d={`M0 ${HEIGHT - 8}H${10 * STEP}`} class="ground" />
        <path d={`M${dots.map(({ x, y }) => `${x} ${y}`).join('L')}`} class="line" />
        {dots.map(({ x, y, ms }) => (
          <circle key={x} cx={x} cy={y} r={4}>
            <title>{inMs(ms)}</title>
          </circle>
        ))}
      </svg>
      <figcaption>
        The last {seen.length}: half of them within <span class="number">{inMs(median)}</span>
      </figcaption>
    </figure>
  );
}
