import { useComputed } from '@preact/signals';
import { type QueueName, type ServiceName, topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { duration } from '../../parts/format.ts';
import { keys } from '../../parts/keys.ts';
import { cardsOf } from './catalog.ts';
import { history, WINDOW_MS } from './history.ts';
import { linePath, type Sample, scaleOf } from './line.ts';
import { killedAt } from './switches.ts';

/** Where a fault of the last two minutes shows, with how much waited there and how old it was. */
export function Strips() {
  const affected = useComputed(() => affectedBy(history.value, killedAt.value).join(' ')).value.split(' ');
  const queues = keys(topology.queues).filter((queue) => affected.includes(queue));
  const relays = keys(topology.relays).filter((relay) => affected.includes(`relay/${relay}`));
  if (queues.length + relays.length === 0) return null;
  return (
    <section class="sheet strips" aria-label="The last two minutes">
      {relays.map((relay) => (
        <RelayStrip key={relay} relay={relay} />
      ))}
      {queues.map((queue) => (
        <QueueStrip key={queue} queue={queue} />
      ))}
    </section>
  );
}

function affectedBy(states: readonly State[], killed: typeof killedAt.value): string[] {
  const since = (states.at(-1)?.at ?? 0) - WINDOW_MS;
  return keys(topology.services).flatMap((service) =>
    cardsOf(service, topology)
      .filter(({ harm }) =>
        harm === 'killed'
          ? (killed[service] ?? 0) > since
          : states.some(({ faults }) => faults.some((on) => on.fault === harm && on.service === service)),
      )
      .flatMap(({ queues, relay }): string[] => [
        ...queues,
        ...(relay === undefined ? [] : [`relay/${relay}`]),
      ]),
  );
}

function QueueStrip({ queue }: { queue: QueueName }) {
  const of = (value: (at: State['queues'][QueueName]) => number) =>
    samplesOf(({ queues }) => value(queues[queue]));
  return (
    <figure class={`strip ${topology.queues[queue].consumer}`}>
      <figcaption>{queue} </figcaption>
      <Plot
        what="waiting or in flight"
        samples={of(({ visible, inFlight }) => visible + inFlight)}
        least={10}
        say={String}
      />
      <Plot what="age of the oldest" samples={of(({ oldestMs }) => oldestMs)} least={5_000} say={duration} />
    </figure>
  );
}

function RelayStrip({ relay }: { relay: ServiceName }) {
  return (
    <figure class={`strip ${relay}`}>
      <figcaption>{relay} relay </figcaption>
      <Plot
        what="age of the oldest change that it holds"
        samples={samplesOf(({ relays }) => relays[relay].oldestMs)}
        least={5_000}
        say={duration}
      />
    </figure>
  );
}

function samplesOf(value: (state: State) => number): Sample[] {
  return history.value.map((state) => ({ at: state.at, value: value(state) }));
}

interface PlotProps {
  readonly what: string;
  readonly samples: readonly Sample[];
  /** The scale's upper end is not lower. */
  readonly least: number;
  readonly say: (value: number) => string;
}

const SIZE = { width: 320, height: 64 };

function Plot({ what, samples, least, say }: PlotProps) {
  const now = samples.at(-1)?.at ?? 0;
  const most = scaleOf(samples, least);
  const path = linePath(samples, { now, windowMs: WINDOW_MS, most, ...SIZE });
  const latest = samples.at(-1)?.value ?? 0;
  return (
    <div class="plot">
      <p>
        <strong class="number">{say(latest)}</strong> {what}
      </p>
      <svg viewBox={`0 -4 ${SIZE.width} ${SIZE.height + 8}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="edge" d={`M0 0H${SIZE.width}M0 ${SIZE.height}H${SIZE.width}`} />
        {path !== '' && <path class="line" d={path} />}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>2 min ago</span>
        <span>top: {say(most)}</span>
        <span>now</span>
      </p>
    </div>
  );
}
