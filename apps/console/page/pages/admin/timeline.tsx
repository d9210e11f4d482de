import { steps } from '../../live.ts';
import { accentOf } from '../../parts/accent.ts';
import { axisLength, hopsOf, formatMs, type Measurement, medianOf, summaryOf } from './measurement.ts';
import { pendingChange, measurements } from './observed-cart.ts';

/** Panel with the latency of the latest changes. */
export function Timeline() {
  const last = measurements.value.at(-1);
  const waiting = pendingChange.value;
  return (
    <section class={`sheet ${accentOf('cart')}`} aria-labelledby="delay-title">
      <h2 id="delay-title">Latency from click to cart</h2>
      <p role="status" class="summary">
        {waiting
          ? waiting.response
            ? `Response ${formatMs(waiting.response.ms)} · event on its way …`
            : 'Sending …'
          : null}
        {!waiting && last && `${last.description}: ${summaryOf(last)}`}
        {!waiting && !last && 'No changes measured yet.'}
      </p>
      {last && <LatencyBars measured={last} />}
      <RecentMeasurements />
    </section>
  );
}

/** Latency bars: one for the response, one for the event with its hops. */
function LatencyBars({ measured: { responseMs, visibleMs, change } }: { readonly measured: Measurement }) {
  // Steps may arrive after the cart was polled.
  const hops = hopsOf(steps.value, change);
  const times = [responseMs, visibleMs ?? 0, ...hops.map(({ ms }) => ms)];
  const axis = axisLength(times);
  const at = (ms: number) => `${(100 * ms) / axis}%`;
  return (
    <>
      <div class="lanes" aria-hidden="true">
        <div class={`lane ${accentOf('product')}`} style={{ width: at(responseMs) }} />
        <div class="track">
          <div class="lane" style={{ width: at(visibleMs ?? 0) }} />
          {hops.map(({ name, ms }) => (
            <span key={name} class="hop" style={{ left: at(ms) }} />
          ))}
        </div>
        <div class="axis number">
          <span>click</span>
          <span>{formatMs(axis)}</span>
        </div>
      </div>
      <dl class="hops">
        <LatencyEntry kind="product" name="response" ms={responseMs} />
        {hops.map(({ name, ms }) => (
          <LatencyEntry key={name} kind="hop" name={name} ms={ms} />
        ))}
        <LatencyEntry kind="cart" name="visible" ms={visibleMs} />
      </dl>
    </>
  );
}

interface LatencyEntryProps {
  readonly kind: 'product' | 'hop' | 'cart';
  readonly name: string;
  readonly ms: number | undefined;
}

function LatencyEntry({ kind, name, ms }: LatencyEntryProps) {
  return (
    <div>
      <dt>
        <span class={kind === 'product' ? `key ${accentOf('product')}` : `key ${kind}`} aria-hidden="true" />
        {name}
      </dt>
      <dd class="number">{ms === undefined ? 'not visible' : formatMs(ms)}</dd>
    </div>
  );
}

const STEP = 32;
const HEIGHT = 56;

/** Chart of the latest measurements, newest on the right. */
function RecentMeasurements() {
  const latencies = measurements.value.flatMap(({ visibleMs }) => visibleMs ?? []);
  const median = medianOf(latencies);
  if (median === undefined || latencies.length < 2) return null;
  const axis = axisLength(latencies);
  const dots = latencies.map((ms, i) => ({
    ms,
    x: (i + 0.5) * STEP,
    y: HEIGHT - 8 - (ms / axis) * (HEIGHT - 16),
  }));
  const label = `The last ${latencies.length} changes were visible after ${latencies.map(formatMs).join(', ')}`;
  return (
    <figure class="past">
      <svg
        viewBox={`0 0 ${10 * STEP} ${HEIGHT}`}
        width={10 * STEP}
        height={HEIGHT}
        role="img"
        aria-label={label}
      >
        <path d={`M0 ${HEIGHT - 8}H${10 * STEP}`} class="ground" />
        <path d={`M${dots.map(({ x, y }) => `${x} ${y}`).join('L')}`} class="line" />
        {dots.map(({ x, y, ms }) => (
          <circle key={x} cx={x} cy={y} r={4}>
            <title>{formatMs(ms)}</title>
          </circle>
        ))}
      </svg>
      <figcaption>
        Last {latencies.length} changes: median <span class="number">{formatMs(median)}</span>
      </figcaption>
    </figure>
  );
}
