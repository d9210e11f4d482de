import type { ServiceName } from '@tandem/contracts/topology';
import type { FaultMark, MetricsHistory, Series } from '../../../server/protocol.ts';
import { request } from '../../api.ts';
import { capitalized, duration, integer } from '../../parts/format.ts';
import { running, runningServices } from '../../parts/running.ts';
import { TimeChart, type TimeSeries } from '../../parts/time-chart.tsx';
import { accentOf } from '../../parts/topology.ts';
import { useRead } from '../../query.ts';
import { rate } from './facts.ts';

/** Interval at which the metrics are read, in milliseconds: that of their samples. */
const REFRESH_MS = 5_000;
const MINUTES = 15;

/** Rate, lag and backlog of the last 15 minutes, of all services or of one. Nothing before the first metrics. */
export function Metrics({ only }: { readonly only?: ServiceName }) {
  const { data } = useRead(
    ['metrics'],
    async () => (await request<MetricsHistory>(`/console/metrics?minutes=${MINUTES}`)).body,
    { refetchInterval: REFRESH_MS },
  );
  if (!data) return null;
  const { services, queues, stepMs, endAt } = data;
  const shown = runningServices.value.filter((service) => only === undefined || service === only);
  const windowMs = MINUTES * 60_000;
  const charts = {
    stepMs,
    endAt,
    windowMs,
    marks: data.marks.map((mark) => ({ at: mark.at, text: textOf(mark) })),
  };
  const line = (service: ServiceName, values: Series): TimeSeries => ({
    name: capitalized(service),
    values,
    accent: accentOf(service),
  });
  return (
    <section class="metrics" aria-label="The last 15 minutes">
      <TimeChart
        title="Requests a second"
        series={shown.map((service) => line(service, services[service].requestsPerSecond))}
        min={5}
        format={rate}
        {...charts}
      />
      <TimeChart
        title="Lag, p50 and max"
        series={shown.flatMap((service) => [
          line(service, services[service].lagP50Ms),
          { ...line(service, services[service].lagMaxMs), name: 'max', isFaint: true },
        ])}
        min={500}
        format={duration}
        {...charts}
      />
      <TimeChart
        title="Queue backlog"
        series={shown.flatMap((service) =>
          running.value.services[service].queues.map((queue) => line(service, queues[queue].backlog)),
        )}
        min={10}
        format={integer}
        {...charts}
      />
    </section>
  );
}

/** What an operator did, as a short text. */
function textOf({ service, action, isOn }: FaultMark): string {
  const name = capitalized(service);
  if (action === 'kill') return `${name} killed`;
  const texts = {
    consumerPaused: 'consumer paused',
    relayStopped: 'relay stopped',
    deliveriesDelayed: 'events delivered late',
    deliveriesDuplicated: 'events delivered twice',
  };
  return `${name}: ${texts[action]}${isOn === false ? ' no longer' : ''}`;
}
