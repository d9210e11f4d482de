import { useComputed } from '@preact/signals';
import { type QueueName, type ServiceName, serviceNames, topology } from '@tandem/contracts/topology';
import type { State } from '../../../server/protocol.ts';
import { accentOf } from '../../parts/accent.ts';
import { duration } from '../../parts/format.ts';
import { keys } from '../../parts/keys.ts';
import { cardsOf } from './catalog.ts';
import { history, WINDOW_MS } from './history.ts';
import { linePath, type Sample, scaleOf } from './line.ts';
import { killedAt } from './switches.ts';

/** Charts of the queues and relays that a fault of the last two minutes affects: backlog and age. */
export function FaultCharts() {
  const affected = useComputed(() => affectedBy(history.value, killedAt.value).join(' ')).value.split(' ');
  const queues = keys(topology.queues).filter((queue) => affected.includes(queue));
  const relays = serviceNames.filter((service) => affected.includes(`relay/${service}`));
  if (queues.length + relays.length === 0) return null;
  return (
    <section class="sheet strips" aria-label="The last two minutes">
      {relays.map((relay) => (
        <RelayChart key={relay} relay={relay} />
      ))}
      {queues.map((queue) => (
        <QueueChart key={queue} queue={queue} />
      ))}
    </section>
  );
}

function affectedBy(states: readonly State[], killed: typeof killedAt.value): string[] {
  const since = (states.at(-1)?.at ?? 0) - WINDOW_MS;
  return serviceNames.flatMap((service) =>
    cardsOf(service, topology)
      .filter(({ kind }) =>
        kind === 'killed'
          ? (killed[service] ?? 0) > since
          : states.some(({ faults }) => faults.some((on) => on.fault === kind && on.service === service)),
      )
      .flatMap(({ queues, relay }): string[] => [
        ...queues,
        ...(relay === undefined ? [] : [`relay/${relay}`]),
      ]),
  );
}

function QueueChart({ queue }: { queue: QueueName }) {
  const samples = (value: (queueState: State['queues'][QueueName]) => number) =>
    samplesOf(({ queues }) => value(queues[queue]));
  return (
    <figure class={`strip ${accentOf(topology.queues[queue].consumer)}`}>
      <figcaption>{queue} </figcaption>
      <Plot
        label="waiting or in flight"
        samples={samples(({ visible, inFlight }) => visible + inFlight)}
        min={10}
        format={String}
      />
      <Plot
        label="age of the oldest message"
        samples={samples(({ oldestMs }) => oldestMs)}
        min={5_000}
        format={duration}
      />
    </figure>
  );
}

function RelayChart({ relay }: { relay: ServiceName }) {
  return (
    <figure class={`strip ${accentOf(relay)}`}>
      <figcaption>{relay} relay </figcaption>
      <Plot
        label="age of the oldest unpublished change"
        samples={samplesOf(({ relays }) => relays[relay]?.oldestMs ?? 0)}
        min={5_000}
        format={duration}
      />
    </figure>
  );
}

function samplesOf(value: (state: State) => number): Sample[] {
  return history.value.map((state) => ({ at: state.at, value: value(state) }));
}

interface PlotProps {
  readonly label: string;
  readonly samples: readonly Sample[];
  /** Minimum of the scale's upper end. */
  readonly min: number;
  readonly format: (value: number) => string;
}

const SIZE = { width: 320, height: 64 };

function Plot({ label, samples, min, format }: PlotProps) {
  const now = samples.at(-1)?.at ?? 0;
  const max = scaleOf(samples, min);
  const path = linePath(samples, { now, windowMs: WINDOW_MS, max, ...SIZE });
  const latest = samples.at(-1)?.value ?? 0;
  return (
    <div class="plot">
      <p>
        <strong class="number">{format(latest)}</strong> {label}
      </p>
      <svg viewBox={`0 -4 ${SIZE.width} ${SIZE.height + 8}`} preserveAspectRatio="none" aria-hidden="true">
        <path class="edge" d={`M0 0H${SIZE.width}M0 ${SIZE.height}H${SIZE.width}`} />
        {path !== '' && <path class="line" d={path} />}
      </svg>
      <p class="axis" aria-hidden="true">
        <span>2 min ago</span>
        <span>max: {format(max)}</span>
        <span>now</span>
      </p>
    </div>
  );
}
