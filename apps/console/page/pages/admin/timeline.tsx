import { steps } from '../../live.ts';
import { duration } from '../../parts/format.ts';
import { Waterfall } from '../../parts/waterfall.tsx';
import { linesOf, type Measurement, medianOf } from './measurement.ts';
import { measurements, pendingChange } from './observed-cart.ts';

/** Panel with the latency of the latest change, and the median of the latest ones. */
export function Timeline() {
  const last = measurements.value.at(-1);
  const latencies = measurements.value.flatMap(({ visibleMs }) => visibleMs ?? []);
  const median = medianOf(latencies);
  return (
    <section class="panel" aria-labelledby="latency-title">
      <h2 id="latency-title">Latency from click to cart</h2>
      <p role="status">{statusOf(last)}</p>
      {last && <Waterfall label="Steps from click to cart" lines={linesOf(last, steps.value)} />}
      {median !== undefined && latencies.length > 1 && (
        <p class="small">
          Last {latencies.length} changes: median {duration(median)}.
        </p>
      )}
    </section>
  );
}

function statusOf(last: Measurement | undefined): string {
  const { response } = pendingChange.value ?? {};
  if (response) return `Response ${duration(response.ms)} · event on its way …`;
  if (pendingChange.value) return 'Sending …';
  if (!last) return 'No changes measured yet.';
  const { description, responseMs, visibleMs } = last;
  const visible =
    visibleMs === undefined ? 'not visible in the cart yet' : `visible in the cart ${duration(visibleMs)}`;
  return `${description}: response ${duration(responseMs)} · ${visible}`;
}
