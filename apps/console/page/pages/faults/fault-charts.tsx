import { signal } from '@preact/signals';
import { topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { state } from '../../live.ts';
import { scaleOf } from '../../parts/chart.ts';
import { duration } from '../../parts/format.ts';
import { running, runningServices } from '../../parts/running.ts';
import { accentOf, keys } from '../../parts/topology.ts';
import { type Card, cardsOf } from './catalog.ts';
import { linePath, appendSample, spansOf } from './line.ts';

/** Time window of the charts. */
const WINDOW_MS = 120_000;

/** States of the last two minutes, from the first visit of the page on. */
const history = signal<readonly State[]>([]);

state.subscribe((now) => {
  if (now) history.value = appendSample(history.peek(), now, WINDOW_MS);
});

/** Times at which a fault of the parts in a chart was on, or a service that they belong to was away. */
interface Marked {
  readonly isFaulty: (state: State) => boolean;
}

/** Charts of all relays and queues: backlog and age. Times at which a fault affected them are shaded. */
export function FaultCharts() {
  const { relays, queues } = running.value;
  const affects = (isOwn: (card: Card) => boolean) => (state: State) =>
    runningServices.value.some((service) => {
      const cards = cardsOf(service, running.value).filter(isOwn);
      return cards.some(({ kind }) =>
        kind === 'killed'
          ? !state.services[service].isReady
          : state.faults.some((on) => on.fault === kind && on.service === service),
      );
    });
  return (
    <section class="panel charts" aria-label="The last two minutes">
      {keys(relays).map((relay) => (
        <figure key={relay} class={accentOf(relay)}>
          <figcaption>{relay} relay </figcaption>
          <Chart
            label="oldest unpublished change"
            value={({ relays }) => relays[relay]?.oldestMs ?? 0}
            isFaulty={affects((card) => card.relay === relay)}
            {...age}
          />
        </figure>
      ))}
      {keys(queues).map((queue) => (
        <figure key={queue} class={accentOf(topology.queues[queue].consumer)}>
          <figcaption>{queue} </figcaption>
          <Chart
            label="waiting or in flight"
            value={({ queues }) => queues[queue].visible + queues[queue].inFlight}
            isFaulty={affects((card) => card.queues.includes(queue))}
            min={10}
            format={String}
          />
        </figure>
      ))}
    </section>
  );
}

const age = { min: 5_000, format: duration };

interface ChartProps extends Marked {
  readonly label: string;
  readonly value: (state: State) => number;
  /** Minimum of the scale's upper end. */
  readonly min: number;
  readonly format: (value: number) => string;
}

const SIZE = { width: 320, height: 56 };

function Chart({ label, value, isFaulty, min, format }: ChartProps) {
  const samples = history.value.map((state) => ({ at: state.at, value: value(state) }));
  const { at: now = 0, value: latest = 0 } = samples.at(-1) ?? {};
  const max = scaleOf(
    samples.map(({ value }) => value),
    min,
  );
  const xOf = (at: number) => Math.max(0, SIZE.width * (1 - (now - at) / WINDOW_MS));
  return (
    <div class="chart">
      <strong class="number">{format(latest)}</strong> {label}
      <svg viewBox={`0 -4 ${SIZE.width} ${SIZE.height + 8}`} preserveAspectRatio="none" aria-hidden="true">
        {spansOf(history.value, isFaulty).map(({ from, to }) => (
          <rect
            key={from}
            x={xOf(from)}
            width={Math.max(1, xOf(to) - xOf(from))}
            y="0"
            height={SIZE.height}
          />
        ))}
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
