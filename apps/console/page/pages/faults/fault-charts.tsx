import { type QueueName, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { accentOf } from '../../parts/accent.ts';
import { duration } from '../../parts/format.ts';
import { cardsOf } from './catalog.ts';
import { history, WINDOW_MS } from './history.ts';
import { linePath, scaleOf } from './line.ts';
import { killedAt } from './switches.ts';

/** Charts of the queues and relays that a fault of the last two minutes affects: backlog and age. */
export function FaultCharts() {
  const cards = serviceNames.flatMap((service) =>
    cardsOf(service, topology).filter(({ kind }) =>
      kind === 'killed'
        ? (killedAt.value[service] ?? -Infinity) > (history.value.at(-1)?.at ?? 0) - WINDOW_MS
        : history.value.some(({ faults }) =>
            faults.some((on) => on.fault === kind && on.service === service),
          ),
    ),
  );
  if (cards.length === 0) return null;
  const relays = new Set(cards.flatMap(({ relay }) => relay ?? []));
  const queues = new Set(cards.flatMap(({ queues }) => queues));
  return (
    <section class="panel charts" aria-label="The last two minutes">
      {[...relays].map((relay) => (
        <RelayCharts key={relay} relay={relay} />
      ))}
      {[...queues].map((queue) => (
        <QueueCharts key={queue} queue={queue} />
      ))}
    </section>
  );
}

function QueueCharts({ queue }: { readonly queue: QueueName }) {
  return (
    <figure class={accentOf(topology.queues[queue].consumer)}>
      <figcaption>{queue} </figcaption>
      <Chart
        label="waiting or in flight"
        value={({ queues }) => queues[queue].visible + queues[queue].inFlight}
        min={10}
        format={String}
      />
      <Chart
        label="age of the oldest message"
        value={({ queues }) => queues[queue].oldestMs}
        min={5_000}
        format={duration}
      />
    </figure>
  );
}

function RelayCharts({ relay }: { readonly relay: ServiceName }) {
  return (
    <figure class={accentOf(relay)}>
      <figcaption>{relay} relay </figcaption>
      <Chart
        label="age of the oldest unpublished change"
        value={({ relays }) => relays[relay]?.oldestMs ?? 0}
        min={5_000}
        format={duration}
      />
    </figure>
  );
}

interface ChartProps {
  readonly label: string;
  readonly value: (state: State) => number;
  /** Minimum of the scale's upper end. */
  readonly min: number;
  readonly format: (value: number) => string;
}

const SIZE = { width: 320, height: 64 };

function Chart({ label, value, min, format }: ChartProps) {
  const samples = history.value.map((state) => ({ at: state.at, value: value(state) }));
  const { at: now = 0, value: latest = 0 } = samples.at(-1) ?? {};
  const max = scaleOf(samples, min);
  return (
    <div class="chart">
      <strong class="number">{format(latest)}</strong> {label}
      <svg viewBox={`0 -4 ${SIZE.width} ${SIZE.height + 8}`} preserveAspectRatio="none" aria-hidden="true">
        <path d={`M0 0H${SIZE.width}M0 ${SIZE.height}H${SIZE.width}`} />
        <path class="line" d={linePath(samples, { now, windowMs: WINDOW_MS, max, ...SIZE })} />
      </svg>
      <div class="axis" aria-hidden="true">
        <span>2 min ago</span>
        <span>max: {format(max)}</span>
        <span>now</span>
      </div>
    </div>
  );
}
