import { useComputed } from '@preact/signals';
import { type QueueName, topology } from '@tandem/contracts/topology';
import type { State } from '@tandem/local/console/protocol';
import { counted, duration } from '../../parts/format.ts';
import { keys } from '../flow/nodes.ts';
import { cardsOf } from './catalog.ts';
import { history, WINDOW_MS } from './history.ts';
import { linePath, type Sample, scaleOf } from './line.ts';
import { killedAt } from './switches.ts';

/** The queues in which a fault of the last two minutes shows, with how deep and how old they were. */
export function Strips() {
  const affected = useComputed(() => affectedQueues(history.value, killedAt.value).join(' ')).value;
  if (affected === '') return null;
  return (
    <section class="strips" aria-label="The last two minutes">
      {keys(topology.queues)
        .filter((queue) => affected.split(' ').includes(queue))
        .map((queue) => (
          <Strip key={queue} queue={queue} />
        ))}
    </section>
  );
}

function affectedQueues(states: readonly State[], killed: typeof killedAt.value): QueueName[] {
  const since = (states.at(-1)?.at ?? 0) - WINDOW_MS;
  return keys(topology.services).flatMap((service) =>
    cardsOf(service, topology)
      .filter(({ harm }) =>
        harm === 'killed'
          ? (killed[service] ?? 0) > since
          : states.some(({ faults }) => faults.some((on) => on.fault === harm && on.service === service)),
      )
      .flatMap(({ queues }) => queues),
  );
}

function Strip({ queue }: { queue: QueueName }) {
  const states = history.value;
  const now = states.at(-1)?.at ?? 0;
  const of = (value: (at: State['queues'][QueueName]) => number): Sample[] =>
    states.map(({ at, queues }) => ({ at, value: value(queues[queue]) }));
  return (
    <figure class={`sheet strip ${topology.queues[queue].consumer}`}>
      <figcaption>{queue}</figcaption>
      <Plot
        what="waiting and in flight"
        samples={of(({ visible, inFlight }) => visible + inFlight)}
        now={now}
        least={10}
        say={(value) => counted(value, 'message')}
      />
      <Plot
        what="age of the oldest"
        samples={of(({ oldestMs }) => oldestMs)}
        now={now}
        least={5_000}
        say={duration}
      />
    </figure>
  );
}

interface PlotProps {
  readonly what: string;
  readonly samples: readonly Sample[];
  readonly now: number;
  /** The scale's upper end is not lower. */
  readonly least: number;
  readonly say: (value: number) => string;
}

const SIZE = { width: 320, height: 64 };

function Plot({ what, samples, now, least, say }: PlotProps) {
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
